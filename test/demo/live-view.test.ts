import { describe, expect, test } from '@jest/globals';

import type { StatusReport } from '../../src/commands/status/report.ts';
import { plain } from '../../src/commands/text.ts';
import { createView } from './live-view.ts';

function report(message: string, calicoNodes: number): StatusReport {
  return {
    state: 'progressing',
    message,
    conditions: [],
    components: [{ name: 'calico-node', kind: 'DaemonSet', ready: calicoNodes, desired: 3, updated: 3 }],
    troubles: [],
    pools: [],
    tigeraStatuses: [],
    versions: { program: '1', programCalico: 'v3', kubernetes: 'v1' },
    server: 'https://127.0.0.1',
    customised: [],
    warnings: [],
  };
}

function viewOn(terminal?: { readonly rows: number }) {
  const written: string[] = [];
  const screen = {
    write: (text: string) => written.push(text),
    ...(terminal && { isTTY: true, rows: terminal.rows }),
  };
  return { written, view: createView({ screen, paint: plain, now: () => 0 }) };
}

/** What a terminal shows after the writes, as far as these need one: going up, clearing and line ends. */
function render(written: readonly string[]): readonly string[] {
  const rows: string[] = [];
  let row = 0;
  // The escape character made visible, as regular expressions better hold no invisible ones.
  const text = written.join('').replaceAll('\u001b', '␛');
  for (const piece of text.split(/(␛\[[?\d]*[A-Za-z]|\r|\n)/)) {
    const up = /^␛\[(\d+)A$/.exec(piece);
    if (up) row -= Number(up[1]);
    else if (piece === '␛[J') rows.length = row;
    else if (piece === '\n') row++;
    else if (piece !== '' && piece !== '\r' && !piece.startsWith('␛')) rows[row] = piece;
  }
  return [...rows].map((text: string | undefined) => text ?? '');
}

describe('on a terminal', () => {
  test('the view is drawn over its former self, and not at all without a change', () => {
    const { written, view } = viewOn({ rows: 40 });
    view.show(report('Calico is being installed', 0));
    view.show(report('Calico is being installed', 2));
    const writes = written.length;
    view.show(report('Calico is being installed', 2));
    expect(written).toHaveLength(writes);
    const shown = render(written);
    expect(shown.filter((line) => line.includes('calico-node'))).toEqual(['  calico-node  2/3 ready']);
    expect(shown.filter((line) => line.includes('being installed'))).toHaveLength(1);
  });

  test('no more is drawn over than fits; at the end all of it stays', () => {
    const { written, view } = viewOn({ rows: 5 });
    view.show(report('first', 0));
    view.show(report('second', 0));
    expect(render(written)).toHaveLength(4);
    expect(render(written).at(-1)).toMatch(/^… \d+ more lines$/);
    view.end();
    expect(render(written)[0]).toBe('second');
    expect(render(written).join('\n')).toContain('Kubernetes    v1 at https://127.0.0.1');
    expect(render(written).join('\n')).not.toContain('more lines');
  });
});

test('elsewhere a change is a line, and the whole comes at the end', () => {
  const { written, view } = viewOn();
  view.show(report('Calico is being installed', 0));
  view.show(report('Calico is being installed', 2));
  expect(written).toEqual([
    '   0s  Calico is being installed\n',
    '   0s  calico-node: 0/3 ready\n',
    '   0s  calico-node: 2/3 ready\n',
  ]);
  view.end();
  expect(written.at(-1)).toContain('\nComponents\n  calico-node  2/3 ready\n');
  expect(written.join('')).not.toContain('\u001b');
});
