/** Whom the server takes its clients for: nobody is asked for a name here. */
export const CLIENT_NAME = 'kubernetes-admin';
export const CLIENT_GROUPS: readonly string[] = ['system:masters', 'system:authenticated'];
