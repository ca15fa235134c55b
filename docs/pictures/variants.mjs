// Draws a plan: reads the lines of `chef plan --json`, writes an SVG with a column for each step and a box for each of
// its variants. Whatever depends on the same variant of the name given as argument has the same colour.
import { readFileSync } from 'node:fs'

const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9']
const neutral = '#6b7280'
const box = { width: 138, height: 30, gapX: 62, gapY: 12 }
const margin = { top: 66, side: 16, bottom: 16 }

const colourBy = process.argv[2]
const jobs = readFileSync(0, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('{'))
  .map((line) => JSON.parse(line))
  .filter((line) => line.type === 'job')

const steps = [...new Set(jobs.map((job) => job.step))]
const makes = new Map(jobs.flatMap((job) => job.outputs.map((output) => [output, job.step])))

/** `water/<hash>` in a record is the variant with that hash of the step that makes water. */
function maker(reference) {
  const [name, hash] = String(reference).split('/')
  return makes.has(name) ? jobs.find((job) => job.id === `${makes.get(name)}/${hash}`) : undefined
}

const feeders = (job) => Object.values(job.inputs).flat().map(maker).filter(Boolean)

const pairs = jobs.flatMap((job) => feeders(job).map((feeder) => [feeder.step, job.step]))
const before = (step) => [...new Set(pairs.filter(([, to]) => to === step).map(([from]) => from))]
const after = (step) => [...new Set(pairs.filter(([from]) => from === step).map(([, to]) => to))]

/** The longest way from what comes from outside. */
const depth = (step) => 1 + Math.max(-1, ...before(step).map(depth))

/** Each step stands just before the first that needs it: its lines stay short. */
const column = (step) => (after(step).length === 0 ? depth(step) : Math.min(...after(step).map(column)) - 1)

const labels = [...new Set(jobs.map((job) => job.depends[colourBy]).filter((label) => label !== undefined))]
const colour = (job) => colours[labels.indexOf(job.depends[colourBy])] ?? neutral

const stem = (value) => (typeof value === 'string' ? value.replace(/\.\w+$/, '') : JSON.stringify(value))

/** What tells the variants of a step from each other. */
function caption(job) {
  const others = jobs.filter((other) => other.step === job.step)
  const telling = Object.entries(job.depends).filter(([name, value]) =>
    others.some((other) => JSON.stringify(other.depends[name]) !== JSON.stringify(value)),
  )
  telling.sort(([one], [other]) => (other === colourBy) - (one === colourBy))
  return telling.map(([name, value]) => (name === colourBy ? stem(value) : `${name} ${stem(value)}`)).join(', ')
}

const columns = Math.max(...steps.map(column)) + 1
const coloured = (step) => jobs.some((job) => job.step === step && colourBy in job.depends)
const inColumn = Array.from({ length: columns }, (_, index) =>
  steps.filter((step) => column(step) === index).sort((one, other) => coloured(other) - coloured(one)),
)
const rowsOf = (names) => jobs.filter((job) => names.includes(job.step)).length + names.length - 1
const rows = Math.max(...inColumn.map(rowsOf))
const width = margin.side * 2 + columns * box.width + (columns - 1) * box.gapX
const height = margin.top + rows * (box.height + box.gapY) + margin.bottom

const places = new Map()
const titles = []
inColumn.forEach((names, index) => {
  const x = margin.side + index * (box.width + box.gapX)
  let row = (rows - rowsOf(names)) / 2
  for (const step of names) {
    const variants = jobs
      .filter((job) => job.step === step)
      .sort((one, other) => labels.indexOf(one.depends[colourBy]) - labels.indexOf(other.depends[colourBy]))
    const y = margin.top + row * (box.height + box.gapY)
    titles.push({ step, x: x + box.width / 2, y: y - 10 })
    variants.forEach((job, count) => places.set(job, { x, y: y + count * (box.height + box.gapY) }))
    row += variants.length + 1
  }
})

const text = (value) => String(value).replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign])

const lines = jobs.flatMap((job) =>
  feeders(job).map((feeder) => {
    const [from, to] = [places.get(feeder), places.get(job)]
    const [x1, y1] = [from.x + box.width, from.y + box.height / 2]
    const [x2, y2] = [to.x, to.y + box.height / 2]
    const bend = box.gapX / 2
    const path = `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`
    return `<path d="${path}" fill="none" stroke="${colour(feeder)}" stroke-width="1.6" opacity="0.8"/>`
  }),
)

const boxes = jobs.map((job) => {
  const { x, y } = places.get(job)
  return (
    `<rect x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="6" fill="${colour(job)}"/>` +
    `<text x="${x + box.width / 2}" y="${y + 19.5}" fill="#fff">${text(caption(job))}</text>`
  )
})

// The rim keeps a title readable where a line passes behind it.
const title = 'fill="#374151" font-weight="600" font-size="14" stroke="#f9fafb" stroke-width="5" paint-order="stroke"'
const heads = titles.map(({ step, x, y }) => `<text x="${x}" y="${y}" ${title}>${text(step)}</text>`)

const summary = `${jobs.length} variants of ${steps.length} steps. Lines of one colour belong to one ${colourBy}; they never mix.`

process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"
  font-family="ui-sans-serif, system-ui, sans-serif" font-size="12.5" text-anchor="middle">
<title>A kitchen with variants</title>
<rect width="${width}" height="${height}" rx="10" fill="#f9fafb"/>
<text x="${width / 2}" y="27" fill="#6b7280">${text(summary)}</text>
${[...lines, ...boxes, ...heads].join('\n')}
</svg>
`)
