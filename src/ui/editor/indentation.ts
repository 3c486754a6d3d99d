/** How far the line after this one is indented, in blanks: deeper after an opened key or a list item's first field. */
export function nextIndent(line: string): number {
  const own = /^ */.exec(line)![0].length;
  const item = /^ *((?:- +)+)/.exec(line);
  const inside = item ? own + item[1]!.length : own;
  if (/^ *#/.test(line) || line.trim() === '') return own;
  if (/:\s*(#.*)?$/.test(line)) return inside + 2;
  return item && /^[^\s#'"{[][^#]*:(\s|$)/.test(line.slice(inside)) ? inside : own;
}
