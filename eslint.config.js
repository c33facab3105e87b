import js from '@eslint/js';
import tseslint from 'typescript-eslint';

// The import table of docs/architecture.md: what each room of src may import besides itself.
const rooms = {
  config: [],
  api: [],
  telemetry: [],
  aws: [],
  kube: ['api', 'config', 'telemetry'],
  cache: ['api', 'kube', 'telemetry'],
  runtime: ['kube', 'telemetry'],
  resolve: ['api'],
  render: ['api', 'resolve'],
  certificates: ['api'],
  apply: ['api', 'kube', 'telemetry'],
  status: ['api', 'kube', 'telemetry'],
  controllers: [
    'api',
    'config',
    'kube',
    'cache',
    'runtime',
    'resolve',
    'render',
    'certificates',
    'apply',
    'status',
    'telemetry',
  ],
};
const pure = ['api', 'resolve', 'render'];

const roomRule = ([room, allowed]) => {
  const forbidden = Object.keys(rooms).filter((other) => other !== room && !allowed.includes(other));
  const patterns = [
    {
      regex: `(^|/)(${forbidden.join('|')})/`,
      message: `src/${room} may import only: ${allowed.join(', ') || 'nothing of src'} (docs/architecture.md)`,
    },
    { regex: '(^|/)main\\.ts$', message: 'nothing imports main.ts' },
  ];
  if (pure.includes(room)) {
    patterns.push({ regex: '^node:', message: `src/${room} is pure: no I/O, no clock, no randomness` });
  }
  return {
    files: [`src/${room}/**/*.ts`],
    ignores: ['**/*.test.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
  };
};

export default tseslint.config(
  { ignores: ['node_modules', 'dist', '.cache', 'coverage', '**/generated/**'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true } }],
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      eqeqeq: ['error', 'always'],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['**/*.test.ts', 'src/clock.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'time is injected: take a Clock' },
        { object: 'Math', property: 'random', message: 'randomness is injected: take a Clock' },
      ],
      'no-restricted-globals': [
        'error',
        { name: 'setTimeout', message: 'time is injected: take a Clock' },
        { name: 'setInterval', message: 'time is injected: take a Clock' },
      ],
    },
  },
  ...Object.entries(rooms).map(roomRule),
  {
    files: ['**/*.test.ts', 'test/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-floating-promises': 'error',
    },
  },
  {
    files: ['*.js', 'scripts/bundle/*.cjs'],
    ...tseslint.configs.disableTypeChecked,
    rules: {
      ...tseslint.configs.disableTypeChecked.rules,
      'no-restricted-exports': 'off',
      '@typescript-eslint/no-require-imports': 'off',
      'no-undef': 'off',
    },
  },
);
