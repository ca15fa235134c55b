// The numbers that the text names, and the figure. `estimates` is a list of pairs: parameters, value.
const shown = (number) => number.toFixed(2)

export function execute({ estimates }) {
  const points = estimates.map(([{ height }, { gravity, falls }]) => ({ height, gravity, falls }))
  const mean = points.reduce((sum, { gravity }) => sum + gravity, 0) / points.length
  const spread = Math.sqrt(points.reduce((sum, { gravity }) => sum + (gravity - mean) ** 2, 0) / (points.length - 1))
  const numbers = {
    falls: String(points.reduce((sum, { falls }) => sum + falls, 0)),
    gravity: shown(mean),
    spread: shown(spread),
    ...Object.fromEntries(points.map(({ height, gravity }) => [`gravity_${height}`, shown(gravity)])),
  }
  return { numbers, 'figure.svg': Buffer.from(figure(points, mean)) }
}

function figure(points, mean) {
  const x = (height) => 40 + height * 90
  const y = (gravity) => 100 - (gravity - mean) * 200
  const marks = points.map(
    ({ height, gravity }) =>
      `<circle cx="${x(height)}" cy="${y(gravity).toFixed(1)}" r="5"/><text x="${x(height) - 12}" y="190">${height} m</text>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" width="380" height="200" font-family="serif" font-size="14">
<line x1="30" x2="370" y1="100" y2="100" stroke="#999" stroke-dasharray="4"/><text x="300" y="92">${shown(mean)} m/s²</text>
${marks.join('\n')}
</svg>
`
}
