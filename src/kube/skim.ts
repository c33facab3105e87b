/**
 * Reads JSON only as far as it is needed: decoding a whole object costs some ten times what skipping it does. Pure. What is
 * no JSON is not found out here; whoever parses the rest finds it.
 */

/** Members by name, at any depth. */
export interface Members {
  readonly [name: string]: true | Members;
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const space = 0x20;

/** What a visitor says to end the walk; also what a walk answers that has met something else than JSON. */
const ended = -1;

/** The text without these members; undefined when it is no object. */
export function without(json: Buffer, omitted: Members): string | undefined {
  const pieces: string[] = [];
  return keep(json, skipSpace(json, 0), omitted, pieces) === ended ? undefined : pieces.join('');
}

/** The string at this path, without its escapes resolved; undefined when there is none. */
export function stringAt(json: Buffer, path: readonly string[]): string | undefined {
  let found: string | undefined;
  const descend = (at: number, depth: number): number =>
    eachMember(json, at, (name, _, value) => {
      if (name !== path[depth]) return skipValue(json, value);
      if (depth < path.length - 1) descend(value, depth + 1);
      else if (json[value] === quote) found = json.toString('utf8', value + 1, skipString(json, value) - 1);
      return ended;
    });
  descend(skipSpace(json, 0), 0);
  return found;
}

/** Collects the object that begins at `at`; answers with where it ends. */
function keep(json: Buffer, at: number, omitted: Members, pieces: string[]): number {
  pieces.push('{');
  let separator = '';
  const end = eachMember(json, at, (name, start, value) => {
    const rule = Object.hasOwn(omitted, name) ? omitted[name] : undefined;
    if (rule === true) return skipValue(json, value);
    pieces.push(separator);
    separator = ',';
    if (rule !== undefined && json[value] === openBrace) {
      pieces.push(json.toString('utf8', start, value));
      return keep(json, value, rule, pieces);
    }
    const after = skipValue(json, value);
    pieces.push(json.toString('utf8', start, after));
    return after;
  });
  pieces.push('}');
  return end;
}

/**
 * Walks the members of the object that begins at `at`. The visitor is told the name, where the member and where its value
 * begins, and answers with where the value ends, or with `ended`.
 */
function eachMember(
  json: Buffer,
  at: number,
  visit: (name: string, start: number, value: number) => number,
): number {
  if (json[at] !== openBrace) return ended;
  let position = skipSpace(json, at + 1);
  if (json[position] === closeBrace) return position + 1;
  while (json[position] === quote) {
    const start = position;
    position = skipString(json, start);
    const name = json.toString('utf8', start + 1, position - 1);
    position = skipSpace(json, position);
    if (json[position] !== colon) return ended;
    position = visit(name, start, skipSpace(json, position + 1));
    if (position === ended) return ended;
    position = skipSpace(json, position);
    if (json[position] === closeBrace) return position + 1;
    if (json[position] !== comma) return ended;
    position = skipSpace(json, position + 1);
  }
  return ended;
}

function skipSpace(json: Buffer, at: number): number {
  let position = at;
  while (position < json.length && (json[position] ?? space) <= space) position += 1;
  return position;
}

/** From the opening quote to behind the closing one. */
function skipString(json: Buffer, at: number): number {
  for (let position = at + 1; position < json.length; position += 1) {
    const byte = json[position];
    if (byte === quote) return position + 1;
    if (byte === backslash) position += 1;
  }
  return json.length;
}

function skipValue(json: Buffer, at: number): number {
  let depth = 0;
  let position = at;
  while (position < json.length) {
    const byte = json[position];
    if (byte === quote) {
      position = skipString(json, position);
      if (depth === 0) return position;
      continue;
    }
    if (byte === openBrace || byte === openBracket) depth += 1;
    else if (byte === closeBrace || byte === closeBracket) {
      if (depth === 0) return position;
      depth -= 1;
      if (depth === 0) return position + 1;
    } else if (byte === comma && depth === 0) return position;
    position += 1;
  }
  return position;
}
