/** The executable. Commands are loaded when they are asked for, so that none pays for another's libraries. */
const [command, ...args] = process.argv.slice(2);
const { run } = await import('./commands/run.ts');
if (command === 'run') process.exitCode = await run(args, process.env);
