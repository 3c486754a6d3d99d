/**
 * What the name of a stretch of training says, which is `UID/CONTAINER/ATTEMPT/PROCESS/step-N`: whose it is, which start
 * of that container's program it is of, and after how many steps it began.
 */
export function stretchOf(name: string): { readonly uid: string; readonly run: string; readonly from: number } {
  const [uid = '', container = '', attempt = '', , first = ''] = name.split('/');
  return { uid, run: `${uid}/${container}/${attempt}`, from: Number(first.slice('step-'.length)) || 0 };
}
