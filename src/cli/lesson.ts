import { basename, dirname, resolve } from 'node:path';
import { libraryIn } from './lesson/folder';
import { proveLesson } from './lesson/proof';

/** `npm run lesson -- check FOLDER…`: runs lessons in the simulator; what is wrong is told as FOLDER/FILE:LINE. */
const [command, ...folders] = process.argv.slice(2);
if (command !== 'check' || folders.length === 0) {
  process.stderr.write('lesson: check FOLDER…, such as: npm run lesson -- check lessons/03-break-it\n');
  process.exit(2);
}
let wrong = 0;
for (const folder of folders) {
  const library = await libraryIn(dirname(resolve(folder)));
  const slug = basename(resolve(folder));
  const own = library.problems.map(({ file, ...rest }) => ({ file: `../${file}`, ...rest }));
  const problems = [...own, ...(await proveLesson(library, slug))];
  wrong += problems.length;
  for (const { file, line, message } of problems) process.stdout.write(`${folder}/${file}:${line}: ${message}\n`);
  if (problems.length === 0) process.stdout.write(`${folder}: as it should be\n`);
}
process.exit(wrong > 0 ? 1 : 0);
