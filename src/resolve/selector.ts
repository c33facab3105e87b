/**
 * Whether a text is a selector in Calico's language: `all()`, `global()`, `has(label)`, `label == "value"`, `!=`,
 * `in { }`, `not in { }`, `contains`, `starts with`, `ends with`, joined by `&&`, `||`, `!` and parentheses.
 */

type Kind = 'word' | 'text' | 'sign';

interface Token {
  readonly kind: Kind;
  readonly value: string;
}

const shapes: readonly (readonly [Kind, RegExp])[] = [
  ['text', /^(?:"[^"]*"|'[^']*')/],
  ['word', /^[A-Za-z0-9_./-]+/],
  ['sign', /^(?:==|!=|&&|\|\||[!(){},])/],
];

/** Blanks and tabs are passed over; line ends are not part of the language. */
const trimBlanks = (text: string) => text.replace(/^[ \t]+/, '');

/** Tokens of a text, or the place where none begins. */
function tokensOf(text: string): readonly Token[] | { readonly strange: string } {
  const tokens: Token[] = [];
  let rest = trimBlanks(text);
  while (rest !== '') {
    const input = rest;
    const found = shapes.flatMap(([kind, shape]) => {
      const value = shape.exec(input)?.[0];
      return value === undefined ? [] : [{ kind, value }];
    })[0];
    if (found === undefined) return { strange: rest };
    tokens.push(found);
    rest = trimBlanks(rest.slice(found.value.length));
  }
  return tokens;
}

/** A reader of tokens that fails by throwing a `SyntaxError` with what it had expected. */
class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get ended(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** Takes the next token if it is one of the values. */
  takes(...values: readonly string[]): boolean {
    const token = this.#tokens[this.#at];
    if (token === undefined || token.kind === 'text' || !values.includes(token.value)) return false;
    this.#at += 1;
    return true;
  }

  expect(kind: Kind, what: string, value?: string): void {
    const token = this.#tokens[this.#at];
    if (token?.kind !== kind || (value !== undefined && token.value !== value)) this.fail(what);
    this.#at += 1;
  }

  fail(what: string): never {
    const token = this.#tokens[this.#at];
    throw new SyntaxError(`${what} is expected ${token === undefined ? 'at the end' : `at ${token.value}`}`);
  }
}

function readAny(reader: Reader): void {
  do readOperation(reader);
  while (reader.takes('||', '&&'));
}

function readOperation(reader: Reader): void {
  while (reader.takes('!'));
  if (reader.takes('(')) {
    readAny(reader);
    reader.expect('sign', 'a closing parenthesis', ')');
  } else if (reader.takes('all', 'global')) {
    reader.expect('sign', 'a parenthesis', '(');
    reader.expect('sign', 'a closing parenthesis', ')');
  } else if (reader.takes('has')) {
    reader.expect('sign', 'a parenthesis', '(');
    reader.expect('word', 'a label');
    reader.expect('sign', 'a closing parenthesis', ')');
  } else {
    reader.expect('word', 'a label, has(), all() or global()');
    readComparison(reader);
  }
}

function readComparison(reader: Reader): void {
  if (reader.takes('==', '!=', 'contains', 'startswith', 'endswith')) {
    reader.expect('text', 'a value in quotes');
    return;
  }
  if (reader.takes('starts', 'ends')) {
    reader.expect('word', 'with', 'with');
    reader.expect('text', 'a value in quotes');
    return;
  }
  if (reader.takes('not')) reader.expect('word', 'in', 'in');
  else if (!reader.takes('in', 'notin'))
    reader.fail('==, !=, in, not in, contains, starts with or ends with');
  reader.expect('sign', 'a brace', '{');
  if (reader.takes('}')) return;
  do reader.expect('text', 'a value in quotes');
  while (reader.takes(','));
  reader.expect('sign', 'a closing brace', '}');
}

/** Why a text is no selector, as a sentence; undefined for a selector. Empty text is one: it selects everything. */
export function selectorProblem(text: string): string | undefined {
  const tokens = tokensOf(text);
  if ('strange' in tokens) return `nothing in a selector begins like ${tokens.strange.slice(0, 20)}`;
  if (tokens.length === 0) return undefined;
  try {
    const reader = new Reader(tokens);
    readAny(reader);
    if (!reader.ended) reader.fail('&& or ||');
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}
