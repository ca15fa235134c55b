// Placeholders `{name}` in commands and link patterns: parsed once, rendered for every variant.
export {}
