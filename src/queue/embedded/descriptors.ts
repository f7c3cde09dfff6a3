/** Whether the system opened nothing for want of a descriptor, in this process or the whole machine. It passes, and says nothing of the disk. */
export function isOutOfDescriptors(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EMFILE' || code === 'ENFILE';
}
