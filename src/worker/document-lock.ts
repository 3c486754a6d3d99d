/**
 * Holds a document for this tab, so that two tabs never write one journal. Resolves to whether it is held; `lost` is
 * called when another tab takes it over. Where the browser has no locks, everybody holds it.
 */
export async function holdDocument(name: string, lost: () => void, steal = false): Promise<boolean> {
  const locks = (self.navigator as Partial<Navigator>).locks;
  if (!locks) return true;
  return new Promise((held) => {
    const options: LockOptions = steal ? { steal: true } : { ifAvailable: true };
    locks
      .request(`podium/${name}`, options, (lock) => {
        held(lock !== null);
        return lock === null ? undefined : new Promise<void>(() => {});
      })
      .catch(() => {
        held(false);
        lost();
      });
  });
}
