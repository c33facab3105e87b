/** The status as lines for a terminal. Pure. */
import type { ShownCondition, State } from './state.ts';
import type { ShownComponent, ShownTrouble, StatusReport } from './report.ts';
import { type Cell, formatAge, type Paint, type Style, table } from '../text.ts';

const troublesShown = 20;

/**
 * A person's view of a report.
 * @param now milliseconds since the epoch, for ages
 */
export function describeStatus(report: StatusReport, now: number, paint: Paint): readonly string[] {
  const { message, cure, state } = report;
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['Conditions', describeConditions(report.conditions, now, paint)],
    ['Components', table(report.components.map(componentRow), paint)],
    ['Nodes with trouble', describeTroubles(report.troubles, paint)],
    ['IP pools', table(report.pools.map(poolRow), paint)],
    [
      'TigeraStatus',
      table(
        report.tigeraStatuses.map((status) => statusRow(status, now)),
        paint,
      ),
    ],
    ['Customised', report.customised.flatMap(describeCustomisation)],
    ['Versions', table(versionRows(report), paint)],
    ['Warnings', report.warnings.map((warning) => paint('waiting', warning))],
  ];
  const shown = state === 'not-installed' ? sections.slice(-2) : sections;
  return [
    paint(styleOf(state), message),
    ...(cure === undefined ? [] : [cure]),
    ...shown.flatMap(([title, lines]) =>
      lines.length === 0 ? [] : ['', paint('title', title), ...lines.map((line) => `  ${line}`)],
    ),
  ];
}

/** How a state is coloured. */
function styleOf(state: State): Style {
  switch (state) {
    case 'ready':
      return 'good';
    case 'degraded':
    case 'refused':
      return 'bad';
    case 'progressing':
    case 'deleting':
    case 'unattended':
    case 'not-installed':
      return 'waiting';
  }
}

/** Each with its age; a message stands below the first condition that has it. */
function describeConditions(
  conditions: readonly ShownCondition[],
  now: number,
  paint: Paint,
): readonly string[] {
  const rows = table(
    conditions.map((condition) => [
      { text: condition.type },
      { text: condition.status, style: conditionStyle(condition) },
      { text: condition.reason },
      { text: `for ${formatAge(now - Date.parse(condition.lastTransitionTime))}` },
    ]),
    paint,
  );
  const told = new Set<string>();
  return conditions.flatMap(({ message }, index) => {
    const lines = told.has(message) || message === '' ? [] : message.split('\n');
    told.add(message);
    return [rows[index] ?? '', ...lines.map((line) => `  ${line}`)];
  });
}

function conditionStyle({ type, status }: ShownCondition): Style {
  const wanted = type === 'Ready' || type === 'Available' ? 'True' : 'False';
  if (status === wanted) return 'good';
  return type === 'Progressing' ? 'waiting' : 'bad';
}

function componentRow({ name, ready, desired, updated }: ShownComponent): readonly Cell[] {
  const style = ready >= desired ? 'good' : 'waiting';
  const rollout = updated < desired ? `${updated}/${desired} up to date` : '';
  return [{ text: name }, { text: `${ready}/${desired} ready`, style }, { text: rollout }];
}

function describeTroubles(troubles: readonly ShownTrouble[], paint: Paint): readonly string[] {
  const rows = troubles
    .slice(0, troublesShown)
    .map(({ node = '(no node yet)', component, severity, text }): readonly Cell[] => [
      { text: node },
      { text: component },
      { text, style: severity === 'failing' ? 'bad' : 'waiting' },
    ]);
  const more = troubles.length - rows.length;
  return [...table(rows, paint), ...(more > 0 ? [`and ${more} more; -o json has all of them`] : [])];
}

function describeCustomisation({ block, changes }: StatusReport['customised'][number]): readonly string[] {
  return [block, ...changes.map((change) => `  ${change}`)];
}

function poolRow({
  name,
  cidr,
  encapsulation,
  natOutgoing,
  blockSize,
  disabled,
}: StatusReport['pools'][number]): readonly Cell[] {
  const texts = [
    name,
    cidr,
    encapsulation === 'None' ? 'no encapsulation' : encapsulation,
    natOutgoing ? 'NAT outgoing' : 'no NAT',
    `blocks of /${blockSize}`,
  ];
  const off: readonly Cell[] = disabled ? [{ text: 'gives out no addresses', style: 'waiting' }] : [];
  return [...texts.map((text) => ({ text })), ...off];
}

function statusRow(
  { name, conditions }: StatusReport['tigeraStatuses'][number],
  now: number,
): readonly Cell[] {
  const holding =
    ['Degraded', 'Progressing', 'Available'].flatMap((type) =>
      conditions.filter((condition) => condition.type === type && condition.status === 'True'),
    )[0] ?? conditions[0];
  if (holding === undefined) return [{ text: name }, { text: 'no status yet', style: 'waiting' }];
  const { type, reason, lastTransitionTime, message } = holding;
  const style = type === 'Degraded' ? 'bad' : type === 'Available' ? 'good' : 'waiting';
  const available = type === 'Available';
  return [
    { text: name },
    { text: type, style },
    { text: `for ${formatAge(now - Date.parse(lastTransitionTime))}` },
    { text: available ? '' : `${reason}: ${message.split('\n')[0] ?? ''}` },
  ];
}

function versionRows({ versions, server }: StatusReport): readonly (readonly Cell[])[] {
  const { calico, program, programCalico, kubernetes } = versions;
  const installs = calico === programCalico ? '' : `, installs Calico ${programCalico}`;
  return [
    ['Calico', calico ?? 'not available yet'],
    ['this program', `${program}${installs}`],
    ['Kubernetes', `${kubernetes} at ${server}`],
  ].map((texts) => texts.map((text) => ({ text })));
}
