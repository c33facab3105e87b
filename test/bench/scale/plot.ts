/** How something grows with the number of nodes, as a picture. */

/** One line of the picture. */
export interface Series {
  readonly name: string;
  /** Values by number of nodes. */
  readonly points: readonly { readonly nodes: number; readonly value: number }[];
}

export interface Plot {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly Series[];
}

const width = 360;
const height = 220;
const margin = { left: 52, right: 16, top: 30, bottom: 44 };
const colours = ['#1f6feb', '#bf5700', '#2da44e', '#8250df'];

/** Small plots beside each other, as one SVG. Both axes begin at 0 and are even. */
export function renderPlots(plots: readonly Plot[]): string {
  const parts = plots.map(
    (plot, index) => `<g transform="translate(${index * width} 0)">${renderPlot(plot)}</g>`,
  );
  const size = `width="${plots.length * width}" height="${height}"`;
  const style = '<style>text{font:11px sans-serif;fill:#57606a}.title{font-weight:bold;fill:#24292f}</style>';
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}><rect ${size} fill="#fff"/>${style}${parts.join('')}</svg>\n`;
}

function renderPlot({ title, unit, series }: Plot): string {
  const points = series.flatMap((each) => each.points);
  const most = {
    nodes: Math.max(...points.map(({ nodes }) => nodes)),
    value: roundUp(Math.max(...points.map(({ value }) => value))),
  };
  const x = (nodes: number): number =>
    margin.left + (nodes / most.nodes) * (width - margin.left - margin.right);
  const y = (value: number): number =>
    height - margin.bottom - (value / most.value) * (height - margin.top - margin.bottom);
  const marks = [0, most.value / 2, most.value].map(
    (value) =>
      `<line x1="${margin.left}" x2="${width - margin.right}" y1="${y(value)}" y2="${y(value)}" stroke="#d0d7de"/>` +
      `<text x="${margin.left - 6}" y="${y(value) + 4}" text-anchor="end">${shorten(value)}</text>`,
  );
  const nodes = [...new Set(points.map((point) => point.nodes))].filter(
    (count) => count === most.nodes || count * 8 > most.nodes,
  );
  const counts = nodes.map(
    (count) =>
      `<text x="${x(count)}" y="${height - margin.bottom + 14}" text-anchor="middle">${count}</text>`,
  );
  const lines = series.map((each, index) => line(each, colours[index % colours.length] ?? '', x, y));
  const legend = series.map(
    ({ name }, index) =>
      `<text x="${margin.left + index * 150}" y="${height - 8}" style="fill:${colours[index % colours.length] ?? ''}">${name}</text>`,
  );
  return [
    `<text class="title" x="${margin.left}" y="16">${title} (${unit})</text>`,
    ...marks,
    ...counts,
    ...lines,
    ...legend,
  ].join('');
}

function line(
  { points }: Series,
  colour: string,
  x: (nodes: number) => number,
  y: (value: number) => number,
): string {
  const places = points.map(({ nodes, value }) => `${x(nodes).toFixed(1)},${y(value).toFixed(1)}`);
  const dots = points.map(
    ({ nodes, value }) =>
      `<circle cx="${x(nodes).toFixed(1)}" cy="${y(value).toFixed(1)}" r="3" fill="${colour}"/>`,
  );
  return `<polyline points="${places.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}`;
}

/** The next number that is easy to read. */
function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

const shorten = (value: number): string => String(Number(value.toPrecision(3)));
