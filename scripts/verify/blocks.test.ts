import { expect, test } from '@jest/globals';
import { blocksOf, commandsOf } from './blocks.ts';

const page = `# Title

    npm test        # all
    npm run a \\
      --more

\`\`\`
not a command
\`\`\`

- item

  \`\`\`yaml
  kind: Installation
  \`\`\`

\`\`\`sh

# first this
kubectl get installation   # Ready
\`\`\`
`;

test('finds fenced and indented blocks with language and line', () => {
  expect(blocksOf(page)).toEqual([
    { language: 'sh', line: 3, text: 'npm test        # all\nnpm run a \\\n  --more' },
    { language: 'text', line: 8, text: 'not a command' },
    { language: 'yaml', line: 14, text: 'kind: Installation' },
    { language: 'sh', line: 18, text: '# first this\nkubectl get installation   # Ready' },
  ]);
});

test('finds the commands of a block', () => {
  const [first, , , last] = blocksOf(page);
  if (first === undefined || last === undefined) throw new Error('there are four blocks');
  expect(commandsOf(last)).toEqual(['kubectl get installation']);
  expect(commandsOf({ ...first, text: 'a \\\n  b\nc' })).toEqual(['a b', 'c']);
});
