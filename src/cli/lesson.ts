import { lessonAt } from './lesson/folder';
import { proveLesson } from './lesson/proof';

/** `npm run lesson -- check FOLDER…`: runs lessons in the simulator; what is wrong is told as FOLDER/FILE:LINE. */
const [command, ...paths] = process.argv.slice(2);
if (command !== 'check' || paths.length === 0) {
  process.stderr.write('lesson: check FOLDER|ZIP…, such as: npm run lesson -- check lessons/03-break-it\n');
  process.exit(2);
}
let wrong = 0;
for (const path of paths) {
  const found = await lessonAt(path);
  if ('problem' in found) {
    wrong += 1;
    process.stdout.write(`${found.problem}\n`);
    continue;
  }
  const { library, slug } = found;
  const own = library.problems.map(({ file, ...rest }) => ({ file: `../${file}`, ...rest }));
  const problems = [...own, ...(await proveLesson(library, slug))];
  wrong += problems.length;
  for (const { file, line, message } of problems) process.stdout.write(`${path}/${file}:${line}: ${message}\n`);
  if (problems.length === 0) process.stdout.write(`${path}: as it should be\n`);
}
process.exit(wrong > 0 ? 1 : 0);
