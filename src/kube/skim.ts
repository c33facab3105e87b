/**
 * Reads JSON only as far as it is needed: decoding a whole object costs some ten times what skipping it does. Pure. What is
 * no JSON is not found out here; whoever parses the rest finds it.
 */
import { isAscii } from 'node:buffer';

/** Members by name, in ASCII, at any depth. */
export interface Members {
  readonly [name: string]: true | Members;
}

/** The same as a list, which is faster to look through. */
export type Omission = readonly (readonly [name: string, rule: true | Omission])[];

/** These members, for `without`. */
export function omissionOf(members: Members): Omission {
  return Object.entries(members).map(([name, rule]) => [name, rule === true ? true : omissionOf(rule)]);
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

/** Answered instead of a position by a walk that has met something else than it looks for. */
const ended = -1;

/** The text of these bytes. Nearly all is ASCII, which needs no decoding. */
export function textOf(utf8: Buffer): string {
  return utf8.toString(isAscii(utf8) ? 'latin1' : 'utf8');
}

/** The text without these members; undefined when it is no object. */
export function without(json: Buffer, omitted: Omission): string | undefined {
  const cuts: number[] = [];
  const end = findCuts(json, skipSpace(json, 0), omitted, cuts);
  if (end === ended) return undefined;
  const encoding = isAscii(json) ? 'latin1' : 'utf8';
  let text = '';
  let from = 0;
  for (let index = 0; index < cuts.length; index += 2) {
    text += json.toString(encoding, from, cuts[index]);
    from = cuts[index + 1] ?? end;
  }
  return text + json.toString(encoding, from, end);
}

/** The string at this path, without its escapes resolved; undefined when there is none. Names are ASCII. */
export function stringAt(json: Buffer, path: readonly string[]): string | undefined {
  let at = skipSpace(json, 0);
  for (const name of path) {
    at = findMember(json, at, name);
    if (at === ended) return undefined;
  }
  return json[at] === quote ? json.toString('utf8', at + 1, skipString(json, at) - 1) : undefined;
}

/** Where the value of this member of the object at `at` begins. */
function findMember(json: Buffer, at: number, name: string): number {
  if (json[at] !== openBrace) return ended;
  let position = skipSpace(json, at + 1);
  while (json[position] === quote) {
    const end = skipString(json, position);
    const value = valueAfter(json, end);
    if (value === ended || isName(json, position, end, name)) return value;
    position = nextMember(json, skipValue(json, value));
  }
  return ended;
}

/** Collects pairs of positions between which the object at `at` is to be left out; answers with where the object ends. */
function findCuts(json: Buffer, at: number, omitted: Omission, cuts: number[]): number {
  if (json[at] !== openBrace) return ended;
  let position = skipSpace(json, at + 1);
  if (json[position] === closeBrace) return position + 1;
  let isFirst = true;
  // Where what has been left out since the last member that is kept begins, and ends.
  let from = position;
  let to = ended;
  for (;;) {
    if (json[position] !== quote) return ended;
    const end = skipString(json, position);
    const value = valueAfter(json, end);
    if (value === ended) return ended;
    const rule = ruleFor(json, position, end, omitted);
    let after: number;
    if (rule === true) {
      after = skipValue(json, value);
      to = after;
    } else {
      // The comma before it goes with what is left out, unless nothing is kept before: then the one after it does.
      if (to !== ended) cuts.push(from, isFirst ? position : to);
      const descends = rule !== undefined && json[value] === openBrace;
      after = descends ? findCuts(json, value, rule, cuts) : skipValue(json, value);
      if (after === ended) return ended;
      isFirst = false;
      from = after;
      to = ended;
    }
    position = skipSpace(json, after);
    if (json[position] === closeBrace) break;
    if (json[position] !== comma) return ended;
    position = skipSpace(json, position + 1);
  }
  if (to !== ended) cuts.push(from, to);
  return position + 1;
}

function ruleFor(json: Buffer, start: number, end: number, omitted: Omission): true | Omission | undefined {
  for (const [name, rule] of omitted) if (isName(json, start, end, name)) return rule;
  return undefined;
}

/** Whether the string from its opening quote to behind its closing one is this name. */
function isName(json: Buffer, start: number, end: number, name: string): boolean {
  if (end - start !== name.length + 2) return false;
  for (let index = 0; index < name.length; index += 1) {
    if (json[start + 1 + index] !== name.charCodeAt(index)) return false;
  }
  return true;
}

/** Where the value begins whose name ends at `at`. */
function valueAfter(json: Buffer, at: number): number {
  const position = skipSpace(json, at);
  return json[position] === colon ? skipSpace(json, position + 1) : ended;
}

/** Where the member begins that comes after a value that ends at `at`. */
function nextMember(json: Buffer, at: number): number {
  const position = skipSpace(json, at);
  return json[position] === comma ? skipSpace(json, position + 1) : ended;
}

function skipSpace(json: Buffer, at: number): number {
  let position = at;
  while (position < json.length && (json[position] ?? space) <= space) position += 1;
  return position;
}

/** From the opening quote to behind the closing one. */
function skipString(json: Buffer, at: number): number {
  const end = json.length;
  for (let position = at + 1; position < end; position += 1) {
    const byte = json[position];
    if (byte === quote) return position + 1;
    if (byte === backslash) position += 1;
  }
  return end;
}

/** Most time goes by here: strings are skipped within the one loop. */
function skipValue(json: Buffer, at: number): number {
  const end = json.length;
  let depth = 0;
  let position = at;
  while (position < end) {
    const byte = json[position];
    position += 1;
    if (byte === quote) {
      for (; position < end; position += 1) {
        const inner = json[position];
        if (inner === quote) break;
        if (inner === backslash) position += 1;
      }
      position += 1;
      if (depth === 0) return Math.min(position, end);
    } else if (byte === openBrace || byte === openBracket) {
      depth += 1;
    } else if (byte === closeBrace || byte === closeBracket) {
      if (depth === 0) return position - 1;
      depth -= 1;
      if (depth === 0) return position;
    } else if (byte === comma && depth === 0) {
      return position - 1;
    }
  }
  return end;
}
