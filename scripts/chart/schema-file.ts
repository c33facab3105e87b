/** values.schema.json from the list of values. Pure. */
import { type Schema, share } from './json-schema.ts';
import { sections, type Value } from './values.ts';

interface Node {
  readonly schema: Schema;
  readonly children: Map<string, Node>;
}

const emptyNode = (): Node => ({ schema: {}, children: new Map() });

/** All values as one JSON Schema; a key that is not among them is a mistake. */
export function valuesSchema(
  values: readonly Value[] = sections.flatMap((section) => section.values),
): Schema {
  const root = emptyNode();
  for (const value of values) place(root, value.path.split('.'), value);
  // Helm hands these to every chart that is a part of another.
  root.children.set('global', { schema: { type: 'object' }, children: new Map() });
  const schema = { $schema: 'http://json-schema.org/draft-07/schema#', ...describe(root) };
  return share(schema);
}

function place(node: Node, [first = '', ...rest]: readonly string[], value: Value): void {
  const child = node.children.get(first) ?? emptyNode();
  node.children.set(first, child);
  if (rest.length > 0) {
    place(child, rest, value);
    return;
  }
  const schema = { description: value.text, ...value.schema };
  node.children.set(first, { schema, children: child.children });
}

function describe({ schema, children }: Node): Schema {
  if (children.size === 0) return schema;
  const own = [...children].map(([name, child]) => [name, describe(child)] as const);
  // What the CustomResourceDefinition says of a field goes before what is said here.
  const properties = { ...Object.fromEntries(own), ...(schema['properties'] as object | undefined) };
  return { type: 'object', additionalProperties: false, ...schema, properties };
}
