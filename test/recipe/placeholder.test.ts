// Placeholders in commands: what is one, what is left alone, and that no value ever becomes code.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refusal } from '../../src/base/failures/failure.ts'
import { parseArguments, parseTemplate, renderArgument, renderShell } from '../../src/recipe/placeholder.ts'
import { isGuarded } from '../../src/recipe/quoting.ts'

const render = (text: string, values: { [name: string]: string }): string =>
  renderArgument(parseTemplate(text, Object.keys(values)).template, ({ name, property }) =>
    property ? `${values[name]}.${property}` : values[name]!,
  )

const shell = (text: string, value: string): string => renderShell(parseTemplate(text, ['x']).template, () => value)

const said = (script: string): string => execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })

describe('what is a placeholder', () => {
  test.each([
    ['{in}', 'IN'],
    ['a{in}b{in}', 'aINbIN'],
    ['{in.stem} {in.ext} {in.label}', 'IN.stem IN.ext IN.label'],
    ['{out.jpg}', 'OUT'],
    ['{out.jpg.ext}', 'OUT.ext'],
    ["awk '{print $1}'", "awk '{print $1}'"],
    ['${HOME} ${in}', '${HOME} ${in}'],
    ['\\{in} \\\\{in}', '\\{in} \\\\IN'],
    ['{a,b} {} {1..3} { in }', '{a,b} {} {1..3} { in }'],
    ['{{in}} {{print}} {{ in }} {{a,b}}', '{in} {print} {{ in }} {{a,b}}'],
    ['{x{in}}', '{xIN}'],
  ])('%s gives %s', (text, expected) => {
    expect(render(text, { in: 'IN', 'out.jpg': 'OUT' })).toBe(expected)
    expect(parseTemplate(text, ['in', 'out.jpg']).unknown).toEqual([])
  })

  test('a single word that is not declared is reported and kept', () => {
    expect(parseTemplate('a {widht} {photo.stem} {b}', ['width']).unknown).toEqual(['widht', 'photo.stem', 'b'])
    expect(render('{widht}', { width: '1' })).toBe('{widht}')
  })

  test('text without placeholders comes back as it was', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/\{\{.*\}\}/.test(text))
        expect(render(text, {})).toBe(text)
      }),
    )
  })

  test('any name can be written literally by doubling its braces', () => {
    const word = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/)
    fc.assert(
      fc.property(word, fc.boolean(), (name, declared) => {
        expect(render(`{{${name}}}`, declared ? { [name]: 'v' } : {})).toBe(`{${name}}`)
      }),
    )
  })
})

describe('quoting for the shell', () => {
  test('harmless values stand as they are', () => {
    expect(shell('cp {x} y', 'a/b-1.2@%+=:,_')).toBe('cp a/b-1.2@%+=:,_ y')
    expect(shell('cp {x} y', '')).toBe("cp '' y")
    expect(shell('cp {x} y', "it's")).toBe("cp 'it'\\''s' y")
  })

  const nasty = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(...'$`"\'\\;&|<>(){}[]*?!#~= \n\tabEOF-%') }),
    fc.constantFrom(
      '$(touch hacked)',
      '`id`',
      "'; id; '",
      '"; id; "',
      'EOF',
      '\nEOF\nid\n',
      '-n',
      '\\',
      '$x',
      'a\'b"c`d$e\\f',
    ),
  )
  const fitting = nasty.filter((value) => !value.includes('\0') && Buffer.from(value).toString() === value)

  test.each([
    ['a word', 'printf %s {x}', ''],
    ['part of a word', 'printf %s a{x}b', 'ab'],
    ['a substitution', 'printf %s "$(printf %s {x}; printf /)"', '/'],
    ['a variable', 'v={x}; printf %s "$v"', ''],
    ['a subshell', "(printf %s 'a'; (printf %s {x}))", 'a'],
    ['after a comment with a quote', "# don't\nprintf %s {x}", ''],
    ['after a here-document', "cat <<'EOF' >/dev/null\nit's \"\nEOF\nprintf %s {x}", ''],
  ])('%s is the value and nothing else', (_, text, around) => {
    fc.assert(
      fc.property(fitting, (value) => {
        expect(said(shell(text, value)).replace(/[<>]/g, '')).toBe(expectedIn(text, value, around).replace(/[<>]/g, ''))
      }),
      { numRuns: 40 },
    )
  })

  const expectedIn = (text: string, value: string, around: string): string => {
    if (text.includes('a{x}b')) return `a${value}b`
    return around === '/' ? `${value}/` : `${around}${value}`
  }

  test('a here-document holds the value, whatever it is', () => {
    fc.assert(
      fc.property(fitting, (value) => {
        expect(said(shell('cat <<EOF\n{x}\nEOF\nprintf end', value))).toBe(`${value}\nend`)
      }),
      { numRuns: 40 },
    )
  })

  test.each([
    ['echo $(echo a)#{x}', "echo $(echo a)#'\n id'"],
    ['echo \\ # {x}', "echo \\ # '\n id'"],
    ['echo a # {x}', "echo a # '  id'"],
    ['echo (a)# {x}', "echo (a)# '  id'"],
    ['echo \\\n# {x}', "echo \\\n# '  id'"],
  ])('%j: only # at the start of a word begins a comment', (text, expected) => {
    expect(shell(text, '\n id')).toBe(expected)
  })

  test('whatever code stands around it, a value is not run', () => {
    const folder = mkdtempSync(join(tmpdir(), 'chef-quoting-'))
    const code = [
      ...[
        '{x}',
        'echo {x}\n',
        '"{x}"',
        "'{x}'",
        '$(echo {x})',
        '"$(echo {x})"',
        'cat <<EOF\n{x}\nEOF\n',
        '# {x}\n',
        ')#{x}\n',
      ],
      ...[
        "'",
        '"',
        '$(',
        ')',
        '`',
        '\\',
        '\n',
        ' ',
        '#',
        "<<'EOF'\n",
        '\nEOF\n',
        '$((',
        '))',
        '${y:-',
        '}',
        '$',
        '((',
        '(',
        ';',
      ],
      ...['case a in a) ', ';; esac', '<<-E ', '\tE\n', "$'", '<<<', '\\\n', 'y=', '&', '|'],
    ]
    const run = 'touch${IFS}hacked'
    const values = [
      `$(${run})`,
      `\`${run}\``,
      `'$(${run})'`,
      `';${run};'`,
      `";${run};"`,
      `\n${run}\n`,
      `\nEOF\n${run}\n`,
      `)${run}`,
    ]
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...code), { minLength: 2, maxLength: 7 }),
        fc.constantFrom(...values),
        (parts, value) => {
          const { template, unsafe } = parseTemplate(parts.join(''), ['x'])
          fc.pre(
            unsafe.length === 0 &&
              !template.pieces.some((piece) => typeof piece === 'object' && isGuarded(piece.quoting)),
          )
          const script = renderShell(template, () => value)
          const env = { PATH: '/usr/bin:/bin' }
          spawnSync('/bin/sh', ['-c', script], {
            cwd: folder,
            env,
            input: '',
            stdio: ['pipe', 'ignore', 'ignore'],
            timeout: 5000,
          })
          expect(readdirSync(folder).includes('hacked'), script).toBe(false)
        },
      ),
      { numRuns: 300 },
    )
    rmSync(folder, { recursive: true })
  }, 60_000)

  test('a value with newlines does not get out of a comment', () => {
    expect(said(shell('printf a # {x}\nprintf b', '\nprintf hacked'))).toBe('ab')
  })

  test.each([
    ["echo 'a {x}'", 'single'],
    ['echo "a {x}"', 'double'],
    ['echo $(( {x} + 1 ))', 'arithmetic'],
    ['eval echo {x}', 'code'],
    ['v=1 command eval 2>&1 echo $(echo {x})', 'code'],
    ['if \\eval {x}; then :; fi', 'code'],
    ['trap {x} EXIT', 'code'],
    ['sh -c {x}', 'code'],
    ['timeout 5 /bin/bash -o pipefail -ec echo\\ {x}', 'code'],
    ['"$SHELL" -c {x}', 'code'],
    ['python3 -c {x}', 'code'],
    ['sh -c $(echo {x})', 'code'],
    ['sh <<EOF\necho {x}\nEOF', 'code'],
    ['cat <<EOF | bash -s\necho {x}\nEOF', 'code'],
  ])('%s takes harmless values and nothing else', (text, quoting) => {
    expect(parseTemplate(text, ['x']).template.pieces).toContainEqual(expect.objectContaining({ quoting }))
    expect(shell(text, '1.5')).toBe(text.replace('{x}', '1.5'))
    for (const value of ['a b', '$(id)', 'a[$(id)]', ';id', '"', "'"])
      expect(() => shell(text, value), value).toThrow(Refusal)
  })

  test.each([
    'sh -c \'echo "$1"\' sh {x}',
    'gcc -c {x} -o a.o',
    'grep -c {x} file',
    'eval true; echo {x}',
    'eval true && echo {x}',
    'yq eval {x}',
    'convert -colors {x}',
    'cat <<EOF\n{x}\nEOF',
  ])('%s takes any value', (text) => {
    expect(() => shell(text, 'a b')).not.toThrow()
  })

  test('an argument that is code takes harmless values and nothing else', () => {
    const list = (parts: string[], value: string): string[] =>
      parseArguments(parts, ['x']).map((part) => renderArgument(part, () => value))
    expect(list(['sh', '-c', 'echo {x}', '{x}'], '1')).toEqual(['sh', '-c', 'echo 1', '1'])
    expect(list(['sh', '-c', 'echo "$0"', '{x}'], ';id')).toEqual(['sh', '-c', 'echo "$0"', ';id'])
    expect(() => list(['env', 'bash', '-lc', 'echo {x}'], ';id')).toThrow(Refusal)
  })

  test('no name of a variable stands in arithmetic, because the shell would evaluate its value', () => {
    expect(said(shell('echo $(({x} + 1))', '0x29'))).toBe('42\n')
    expect(() => shell('echo $(({x} + 1))', 'CHEF_other')).toThrow(Refusal)
  })

  test.each([
    ['echo `cat {x}`', 'backticks'],
    ['echo "`cat {x}`"', 'backticks'],
    ['echo ${v:-{x}}', 'expansion'],
    ["cat <<'EOF'\n{x}\nEOF", 'quoted-document'],
    ['cat <<EOF\n$(cat {x})\nEOF', 'unclear'],
    ["echo $'a\\'' {x}", 'unclear'],
    ['echo $(case a in a) echo {x};; esac)', 'unclear'],
    ['cat <<{x}\n{x}', 'unclear'],
  ])('%s is refused', (text, quoting) => {
    const { unsafe } = parseTemplate(text, ['x'])
    expect(unsafe.at(-1)).toEqual({ text: 'x', quoting })
    expect(() => shell(text, 'a b')).toThrow('stands where no value can')
  })
})

test('a NUL character is told as what it is, wherever it would stand', () => {
  for (const text of ['echo {x}', "echo '{x}'", 'echo $(({x} + 1))', 'eval {x}'])
    expect(() => shell(text, 'a\0b')).toThrow('what {x} stands for holds a NUL character')
})
