/** The whole address of a fragment of this site, for people elsewhere. */
export const siteAddress = (fragment: string): string => new URL(`./${fragment}`, window.location.href).href;
