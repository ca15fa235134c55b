// Every mistake a recipe can hold, with its place and what is said of it; all of a file in one go.
import { describe, expect, test } from 'vitest'
import { topological } from '../../src/recipe/step-order.ts'
import { faults, load, messages } from '../config/kitchen-folder.ts'

const base = 'resources: { photos: "*.jpg" }\nflavours: { n: [1, 2], size: [{ w: 1, h: 2 }] }\nrecipe:\n'
const step = (inside: string, name = 's'): string => `  ${name}: { command: "x {o}", outputs: { o: r }, ${inside} }\n`

test.each([
  ['an unknown section', 'resorces: {}', ['key-unknown 1:1'], 'unknown key "resorces" | did you mean "resources"?'],
  [
    'a section in two spellings',
    'flavour: {}\nflavours: {}',
    ['key-twice 2:1'],
    '"flavours" and "flavour" mean the same | keep one of them',
  ],
  [
    'an unknown key',
    `${base}${step('inptus: {}')}`,
    ['key-unknown 4:45'],
    'unknown key "inptus" in recipe.s | did you mean "inputs"?',
  ],
  [
    'when and only',
    `${base}${step('when: [{n: 1}], only: [{n: 1}]')}`,
    ['key-twice 4:61'],
    '"only" and "when" mean the same in recipe.s | keep one of them',
  ],
  [
    'a wrong type',
    `${base}${step('retries: often')}`,
    ['wrong-type 4:54'],
    'recipe.s.retries has to be a whole number of at least 0, and it is "often"',
  ],
  [
    'a collection that is a word',
    `${base}  s: { type: collect, inputs: { a: { from: n, collect: n } }, outputs: { o.json: r } }`,
    ['wrong-type 4:56'],
    'recipe.s.inputs.a.collect has to be all, or a list of names such as [seed], and it is "n"',
  ],
  [
    'a collection by a result',
    `${base}${step('inputs: { n: n }')}  t: { type: collect, inputs: { a: { from: r, collect: [r] } }, outputs: { o.json: q } }`,
    ['name-not-reaching 5:44'],
    'step "t" names "r" in collect, and that is a result: it takes resources and flavours | its variants differ by n',
  ],
  [
    'a format that a collection cannot have',
    `${base}  s: { type: collect, format: xml, inputs: { a: { from: n, collect: all } }, outputs: { o: r } }`,
    ['collect-format 4:31'],
    'a collect step cannot write "xml" | it can write json, csv, folder, text',
  ],
  [
    'a collection named as a table that it cannot be',
    `${base}  s: { type: collect, inputs: { a: { from: n, collect: all } }, outputs: { o.parquet: r } }`,
    ['collect-format 4:87'],
    'a collect step cannot write "parquet" | it can write json, csv, folder, text; `chef table NAME --parquet FILE` writes Parquet',
  ],
  [
    'a field of a value in a command',
    `${base}  s: { command: "x {size.w} {o}", inputs: { size: size }, outputs: { o: r } }`,
    ['placeholder-field 4:17'],
    'the command of step "s" holds {size.w}, and a field has to be an input of its own | write inputs: { w: size.w }, and {w} in the command',
  ],
  [
    'a wrong type of step',
    `${base}  s: { type: pyhton, resource: a.py, outputs: { o: r } }`,
    ['wrong-choice 4:14'],
    'recipe.s.type cannot be "pyhton" | did you mean "python"?',
  ],
  [
    'a wrong duration',
    `${base}${step('timeout: 5 years')}`,
    ['wrong-type 4:54'],
    'recipe.s.timeout has to be a duration such as 90, 30s, 5m or 2h, and it is "5 years"',
  ],
  [
    'burners below one',
    'kitchen: { burners: 0 }',
    ['wrong-type 1:21'],
    'kitchen.burners has to be a whole number of at least 1, and it is 0',
  ],
  [
    'too many bits',
    'options: { hashBits: 65 }',
    ['wrong-type 1:22'],
    'options.hashBits has to be a whole number from 1 to 64, and it is 65',
  ],
  [
    'a resource of two kinds',
    'resources: { a: { dir: x, file: y } }',
    ['key-choice 1:17'],
    'resources.a has file and dir at once | it takes one of file, glob, list, dir, bundle, frames',
  ],
  [
    'frames of no animation',
    'resources: { a: { dir: x, every: 2 } }',
    ['key-unknown 1:27'],
    'unknown key "every" in resources.a | known here: dir, verify',
  ],
  [
    'a step of 0',
    'flavours:\n  a: { type: lin, start: 0, stop: 5, step: 0 }',
    ['bad-range 2:44'],
    'flavour "a": a step of 0 never reaches the stop',
  ],
  [
    'a count of 0',
    'flavours:\n  a: [1, { type: lin, start: 0, stop: 5, count: 0 }]',
    ['bad-range 2:49'],
    'flavour "a": a count has to be at least 1',
  ],
  [
    'log of 0',
    'flavours:\n  a: { type: log, start: 0, stop: 5, count: 3 }',
    ['bad-range 2:26'],
    'flavour "a": a log range has to start and stop above 0',
  ],
  [
    'a range of an unknown type',
    'flavours:\n  a: { type: lim, start: 0, stop: 5, count: 3 }',
    ['wrong-choice 2:14'],
    'flavours.a.type cannot be "lim" | did you mean "lin"?',
  ],
  [
    'a range without a start',
    'flavours:\n  a: { type: lin, stop: 5, count: 3 }',
    ['key-missing 2:6'],
    'flavours.a lacks the key "start"',
  ],
  [
    'a name twice',
    `${base}${step('inputs: {}', 'n')}`,
    ['name-twice 4:3'],
    'the step "n" has the name of a flavour (cheffile.yml:2:13) | resources, flavours, steps and results never share a name',
  ],
  [
    'a result called as its step',
    `${base}${step('', 'r')}`,
    ['name-twice 4:40'],
    'the result "r" has the name of a step (cheffile.yml:4:3) | resources, flavours, steps and results never share a name',
  ],
  [
    'a name that is none',
    'flavours: { "a b": 1 }',
    ['name-unfit 1:13'],
    'a flavour cannot be called "a b" | names are made of letters, digits and _ . - + @, and begin with a letter, a digit or _',
  ],
  [
    'a result made twice',
    `${base}${step('')}${step('', 't')}`,
    ['result-twice 5:40'],
    '"r" is made by two steps: "s" and "t" | give one of the outputs another name',
  ],
  [
    'an unknown input',
    `${base}${step('inputs: { a: photo }')}`,
    ['input-unknown 4:58'],
    'step "s" reads "photo", and nothing makes it | did you mean "photos"?',
  ],
  [
    'an unknown input with a field',
    `${base}${step('inputs: { a: sise.w }')}`,
    ['input-unknown 4:58'],
    'step "s" reads "sise.w", and nothing makes it | did you mean "size.w"?',
  ],
  [
    'a field that no value has',
    `${base}${step('inputs: { a: size.x }')}`,
    ['field-unknown 4:58'],
    'no value of "size" has a field "x" | its fields are: w, h',
  ],
  [
    'a field of a resource',
    `${base}${step('inputs: { a: photos.w }')}`,
    ['field-of-no-flavour 4:58'],
    '"photos" is a resource and has no field "w" | only flavours with objects as values have fields',
  ],
  [
    'a step as input',
    `${base}${step('')}  t: { command: x, inputs: { a: s }, outputs: { p: q } }`,
    ['input-is-step 5:33'],
    'step "t" reads "s", which is a step and no result | its results are: r',
  ],
  [
    'a circle',
    `${base}  a: { command: x, inputs: { i: rb }, outputs: { o: ra } }\n  b: { command: x, inputs: { i: rc }, outputs: { o: rb } }\n  c: { command: x, inputs: { i: ra }, outputs: { o: rc } }`,
    ['recipe-circle 4:3'],
    'the recipe runs in a circle: a -> b -> c -> a | each of these steps waits for the one after it',
  ],
  [
    'a step that eats itself',
    `${base}  a: { command: x, inputs: { i: ra }, outputs: { o: ra } }`,
    ['recipe-circle 4:3'],
    'the recipe runs in a circle: a -> a | each of these steps waits for the one after it',
  ],
  [
    'no outputs',
    `${base}  a: { command: x }`,
    ['step-without-outputs 4:3'],
    'step "a" has no outputs | outputs: { inner_name: name_in_the_fridge }',
  ],
  [
    'no source',
    `${base}  a: { outputs: { o: r } }`,
    ['step-without-source 4:3'],
    'step "a" has no source: nothing says what it does | give it a command or a resource',
  ],
  [
    'two sources',
    `${base}${step('resource: a.sh')}`,
    ['step-two-sources 4:17'],
    'step "s" has a command and a resource | a file that a command reads is an input; keep one of the two',
  ],
  [
    'a command for python',
    `${base}${step('type: python')}`,
    ['step-no-command 4:17'],
    'step "s" is of type python and cannot take a command | name a source file with resource, or make it type: shell',
  ],
  [
    'a key of another type',
    `${base}${step('fps: 5')}`,
    ['key-elsewhere 4:45'],
    'step "s" is of type shell, which knows no "fps" | "fps" is for steps of type course',
  ],
  [
    'a course with two speeds',
    `${base}  s: { type: course, inputs: { i: r }, outputs: { o.gif: q, o.png: p }, fps: 4, duration: 1s, columns: 3 }
  m: { command: x, outputs: { o: r } }`,
    ['course-time-twice 4:91'],
    'step "s" says how long a frame is shown by fps and by duration | keep one of the two: fps: 4 is duration: 0.25s',
  ],
  [
    'columns of an animation',
    `${base}  s: { type: course, inputs: { i: r }, outputs: { o.gif: q }, fps: 4, columns: 3, labels: false }
  m: { command: x, outputs: { o: r } }`,
    ['course-key-idle 4:80', 'course-key-idle 4:91'],
    'step "s" is served as gif, which has no use for "columns" | "columns" is for sheets: an output such as sheet.png, or `format: sheet`',
  ],
  [
    'a speed of a sheet',
    `${base}  s: { type: course, inputs: { i: r }, outputs: { o: q }, format: sheet, loop: 2 }
  m: { command: x, outputs: { o: r } }`,
    ['course-key-idle 4:80'],
    'step "s" is served as sheet, which has no use for "loop" | "loop" is for animations and films',
  ],
  [
    'an inner name twice',
    `${base}${step('inputs: { o: n }')}`,
    ['inner-twice 4:40'],
    'step "s" has an input and an output called "o" | inside a step every name stands for one thing',
  ],
  [
    'an output outside',
    `${base}  s: { command: x, outputs: { ../o: r } }`,
    ['inner-outside 4:37'],
    'step "s" cannot call something "../o": it would lie outside its pan',
  ],
  [
    'an unknown placeholder',
    `${base}  s: { command: "x {widht} {o}", inputs: { width: n }, outputs: { o: r } }`,
    ['placeholder-unknown 4:17'],
    'the command of step "s" holds {widht}, which is neither an input nor an output | did you mean {width}? {{widht}} stands for a literal {widht}',
  ],
  [
    'an unknown placeholder in a list',
    `${base}  s: { command: [x, "{i}"], outputs: { o: r } }`,
    ['placeholder-unknown 4:21'],
    'the command of step "s" holds {i}, which is neither an input nor an output | {{i}} stands for a literal {i}',
  ],
  [
    'the stem of a number',
    `${base}  s: { command: "x {i.stem}", inputs: { i: n }, outputs: { o: r } }`,
    ['placeholder-property 4:17'],
    'the command of step "s" holds {i.stem}, and that is a value of a flavour | .stem, .ext and .label are for inputs that are files',
  ],
  [
    'a placeholder where no value is safe',
    `${base}  s: { command: "x \`echo {i}\`", inputs: { i: n }, outputs: { o: r } }`,
    ['placeholder-unsafe 4:17'],
    'the command of step "s" has {i} inside `...`, where a value could become code | put it into a shell variable first: v={name}; or use the list form of command',
  ],
  [
    'an unknown name in exclude',
    `${base}${step('inputs: { a: n }, exclude: [{ m: 1 }]')}`,
    ['name-not-reaching 4:78'],
    'step "s" names "m" in exclude, and there is nothing of that name | its variants differ by n',
  ],
  [
    'a name that does not reach the step',
    `${base}${step('inputs: { a: n }, only: [{ photos: a.jpg }]')}`,
    ['name-not-reaching 4:80'],
    'step "s" names "photos" in only, and none of its inputs depends on it | its variants differ by n',
  ],
  [
    'a name that nothing collects',
    `${base}${step('inputs: { a: { from: photos, collect: [n] } }')}`,
    ['name-not-reaching 4:66'],
    'step "s" names "n" in collect, and none of its inputs depends on it | its variants differ by photos',
  ],
  [
    'an unknown target',
    `${base}${step('')}options: { targets: [s, q] }`,
    ['target-unknown 5:25'],
    'there is no step or result "q" | known: r, s',
  ],
  [
    'a link of nothing',
    `${base}${step('')}links: { q: x }`,
    ['link-result-unknown 5:13'],
    'links lay out "q", and no step makes it',
  ],
  [
    'a link into a folder that is meant to hold a file',
    `${base}  s: { command: "x {o.csv}", outputs: { o.csv: r } }\nlinks: { r: out/ }`,
    ['link-no-file-name 5:13'],
    'the link of "r" ends with a slash, and "o.csv" is a file | write out/o.csv, or leave the slash out',
  ],
  [
    'an unknown name in a link',
    `${base}${step('inputs: { a: photos }')}links: { r: "x{photo.stem}" }`,
    ['link-name-unknown 5:13'],
    'the link of "r" holds {photo.stem}, on which it does not depend | did you mean "photos.stem"?',
  ],
  [
    'a field in a link that no value has',
    `${base}${step('inputs: { a: size }')}links: { r: "x{size.q}" }`,
    ['field-unknown 5:13'],
    'no value of "size" has a field "q" | its fields are: w, h',
  ],
])('%s', async (_, text, expected, message) => {
  expect(await faults(text)).toEqual(expected)
  expect((await messages(text))[0]).toBe(message)
})

test('a source file that is missing', async () => {
  const text = `${base}  s: { resource: [a.py, b.py], outputs: { o: r } }`
  expect(await faults(text, {}, ['b.py'])).toEqual(['source-file-missing 4:25'])
})

test('all mistakes come in one go, in the order of the file', async () => {
  const text = `resources: { photos: "*.jpg", photos2: { dri: x } }
flavours: { n: { type: lin, start: 0, stop: 5, step: 0 } }
recipe:
  a: { command: "x {i}", inputs: { i: n }, outputs: { o: ra }, retires: 3 }
  b: { command: x, inputs: { i: photo }, outputs: { o: rb } }
  c: { command: x, inputs: { i: photos2 }, outputs: { o: ra } }
  d: { command: "{i} {q}", inputs: { i: [n] }, outputs: { o: rd } }
`
  expect(await faults(text)).toEqual([
    'key-unknown 1:42',
    'bad-range 2:54',
    'key-unknown 4:64',
    'input-unknown 5:33',
    'result-twice 6:58',
    'wrong-type 7:41',
  ])
})

describe('what is right stays unsaid', () => {
  test('conditions by field, by resource and by step, collected names, links by what they depend on', async () => {
    const loaded = load(`${base}
  a: { command: "x {p.stem} {w} {{z}}", inputs: { p: photos, w: size.w }, outputs: { o: ra }, exclude: [{ size.w: 1, photos: a.jpg }, { a: command }] }
  b: { command: x, inputs: { all: { from: ra, collect: [photos] } }, outputs: { o: rb }, only: [{ size: { w: 1, h: 2 } }] }
options: { targets: [ra, b] }
links: { ra: "{photos.stem}/{size.w}{hash}", rb: "{size.h}-{b}" }
`)
    await expect(loaded).resolves.toHaveProperty('links')
  })

  test('steps come after what they read', async () => {
    const configuration = await load(`${base}
  last: { command: x, inputs: { i: rb, j: ra }, outputs: { o: rl } }
  b: { command: x, inputs: { i: ra }, outputs: { o: rb } }
  a: { command: x, inputs: { i: n }, outputs: { o: ra } }
`)
    expect(topological(configuration.steps.values()).map(({ name }) => name)).toEqual(['a', 'b', 'last'])
  })

  test('a chain of two thousand steps', async () => {
    const steps = Array.from(
      { length: 2000 },
      (_, index) =>
        `  s${index}: { command: x, inputs: { i: ${index === 1999 ? 'n' : `r${index + 1}`} }, outputs: { o: r${index} } }`,
    )
    const configuration = await load({
      'cheffile.yml': 'flavours: {n: 1}\nrecipe: recipe.yml',
      'recipe.yml': steps.join('\n').replaceAll(/^ {2}/gm, ''),
    })
    expect(topological(configuration.steps.values())[0]!.name).toBe('s1999')
  })
})

describe('one mistake is told once, without what follows from it', () => {
  const reader = '  read: { command: "x {y} {o}", inputs: { y: r }, outputs: { o: q } }\n'
  test.each([
    ['a key of a step that is like none', `recipe:\n  s: { run: "x {o}", outputs: { o: r } }\n`, ['key-unknown 2:8']],
    [
      'the outputs under another name, with a reader and a link',
      `recipe:\n  s: { command: "x {o}", produces: { o: r } }\n${reader}links: { r: out.txt }\noptions: { targets: [r] }\n`,
      ['key-unknown 2:26'],
    ],
    [
      'a section that is like none',
      `parameters: { n: [1, 2] }\nrecipe:\n  s: { command: "x {n} {o}", inputs: { n: n }, outputs: { o: r } }\n`,
      ['key-unknown 1:1'],
    ],
    [
      'a resource under another name, with a link and a condition that name it',
      `resources: { fotos: "*.jpg" }\nrecipe:\n  s: { command: "x {p} {o}", inputs: { p: photos }, exclude: { photos: a }, outputs: { o: r } }\n${reader}links: { r: "{photos.stem}", q: "{photos}" }\n`,
      ['input-unknown 3:43'],
    ],
    [
      'an output whose name is none, with a reader',
      `recipe:\n  s: { command: "x {o} {p}", outputs: { o: { nam: r }, p: p } }\n${reader}`,
      ['key-unknown 2:46'],
    ],
    [
      'a called kitchen without a file, with a reader',
      `recipe:\n  s: { type: recipe, outputs: { x: r } }\n${reader}`,
      ['key-missing 2:3'],
    ],
  ])('%s', async (_, cheffile, expected) => {
    expect((await faults(cheffile)).sort()).toEqual(expected.toSorted())
  })

  test('what does not follow from it is told as well', async () => {
    const text =
      'version: 3\nresources: {}\nflavours: {}\nrecipe:\n  s: { command: "x {o}", retires: 2, inputs: { y: no }, outputs: { o: r } }\n  t: { command: "x {o} {w}", inputs: { o: no }, outputs: { p: u } }\n'
    expect(await faults(text)).toEqual([
      'key-unknown 1:1',
      'key-unknown 5:26',
      'input-unknown 5:51',
      'placeholder-unknown 6:17',
      'input-unknown 6:43',
    ])
  })
})
