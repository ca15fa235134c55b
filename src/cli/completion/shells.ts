// The scripts with which bash, zsh and fish ask chef to complete a word. Each candidate is a line: the word, a tab, what it means.
// A line `:files` or `:folders` leaves the rest to the shell; a word that ends with `=` or `/` may go on.

const bash = `# chef completion for bash: eval "$(chef completion bash)"
_chef() {
  local line=\${COMP_LINE:0:COMP_POINT} words word value about last cut head
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  last=\${words[\${#words[@]} - 1]}
  # Bash takes a word apart at = and : and wants the last piece only.
  cut=\${last##*[=:]}
  head=\${last%"$cut"}
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) compopt -o filenames 2> /dev/null; while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$cut") ;;
      :folders) compopt -o filenames 2> /dev/null; while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -d -- "$cut") ;;
      *)
        value=\${line%%$'\\t'*}
        [[ $value == *[=/] ]] && compopt -o nospace 2> /dev/null
        value=\${value#"$head"}
        printf -v value %q "$value"
        COMPREPLY+=("$value")
        ;;
    esac
  done < <(command "\${words[0]/#\\~/$HOME}" completion bash -- "\${words[@]:1}" 2> /dev/null)
}
complete -F _chef chef
`

const zsh = `#compdef chef
# chef completion for zsh: eval "$(chef completion zsh)", after compinit
_chef() {
  local line word about
  local -a whole wholeAbout open openAbout
  for line in "\${(@f)$(command "\${(Q)words[1]/#\\~/$HOME}" completion zsh -- "\${(@Q)words[2,CURRENT]}" 2> /dev/null)}"; do
    case $line in
      '') ;;
      :files) _files ;;
      :folders) _files -/ ;;
      *)
        word=\${line%%$'\\t'*}
        about=$word
        [[ $line == *$'\\t'* ]] && about="$word  -- \${line#*$'\\t'}"
        if [[ $word == *[=/] ]]; then
          open+=("$word")
          openAbout+=("$about")
        else
          whole+=("$word")
          wholeAbout+=("$about")
        fi
        ;;
    esac
  done
  (( \${#whole} )) && compadd -l -d wholeAbout -a whole
  (( \${#open} )) && compadd -S '' -l -d openAbout -a open
  return 0
}
if [[ \${funcstack[1]} == _chef ]]; then _chef "$@"; else compdef _chef chef; fi
`

const fish = `# chef completion for fish: chef completion fish | source
function __chef_complete
  set -l words (commandline -opc)
  set -l typed (commandline -ct)
  for line in (command $words[1] completion fish -- $words[2..-1] "$typed" 2> /dev/null)
    switch $line
      case :files
        __fish_complete_path "$typed"
      case :folders
        __fish_complete_directories "$typed"
      case '*'
        echo $line
    end
  end
end
complete -c chef -f -a '(__chef_complete)'
`

export const shells = { bash, zsh, fish } as const
export type Shell = keyof typeof shells
