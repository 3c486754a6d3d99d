import { readFile, writeFile } from 'node:fs/promises';
import { lessonOf } from './lesson/build';
import { lessonAt } from './lesson/folder';
import { proveLesson } from './lesson/proof';

/**
 * `npm run lesson -- check FOLDER…`: runs lessons in the simulator; what is wrong is told as FOLDER/FILE:LINE.
 * `npm run lesson -- build CLUSTER.json SECOND TITLE`: makes a lesson of a saved cluster, in a zip beside it.
 */
const USAGE = `lesson: check FOLDER|ZIP…, such as: npm run lesson -- check lessons/03-break-it
        build CLUSTER.json SECOND TITLE, such as: npm run lesson -- build cluster.json 60 "Keep out"
`;

const [command, ...rest] = process.argv.slice(2);
const [document, second, title] = rest;
if (command === 'check' && rest.length > 0) process.exit((await check(rest)) > 0 ? 1 : 0);
if (command !== 'build' || !document || !title || !Number.isFinite(Number(second))) {
  process.stderr.write(USAGE);
  process.exit(2);
}
process.exit((await build(document, Number(second), title)) ? 0 : 1);

/** Returns how many things are wrong. */
async function check(paths: readonly string[]): Promise<number> {
  let wrong = 0;
  for (const path of paths) {
    const found = await lessonAt(path);
    if ('problem' in found) {
      wrong += 1;
      process.stdout.write(`${found.problem}\n`);
      continue;
    }
    const { library, slug } = found;
    const own = library.problems.map(({ file, ...place }) => ({ file: `../${file}`, ...place }));
    const problems = [...own, ...(await proveLesson(library, slug))];
    wrong += problems.length;
    for (const { file, line, message } of problems) process.stdout.write(`${path}/${file}:${line}: ${message}\n`);
    if (problems.length === 0) process.stdout.write(`${path}: as it should be\n`);
  }
  return wrong;
}

async function build(path: string, startS: number, name: string): Promise<boolean> {
  const made = await lessonOf(await readFile(path, 'utf8'), startS, name);
  if ('problem' in made) {
    process.stdout.write(`${made.problem}\n`);
    return false;
  }
  const { built, zip } = made;
  const target = path.replace(/[^/\\]*$/, `${built.slug}.zip`);
  await writeFile(target, zip);
  for (const problem of built.problems) process.stdout.write(`${problem}\n`);
  process.stdout.write(`${target}\n`);
  return true;
}
