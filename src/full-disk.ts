import { constants } from 'node:os';

/** A quota that is used up, for which Node has no name. */
const quotaUsedUp = -constants.errno.EDQUOT;

/** Whether the system refused to write since there is no room: on the disk, or in what it allows this user of it. */
export function isOutOfRoom(error: unknown): boolean {
  const { code, errno } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || errno === quotaUsedUp;
}
