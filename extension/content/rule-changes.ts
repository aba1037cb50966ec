/**
 * A change of rules is told over the port and through storage, whichever reaches the page: what was heard one way is not
 * carried out again when it is heard the other.
 */
export type Way = "port" | "storage";

export class RuleChanges {
  private last: { generation: number; by: Way } | undefined;

  /**
   * Whether the change of this number is still to be carried out. The same number the same way is another change: storage
   * that takes nothing does not count on.
   */
  isNew(generation: number, by: Way): boolean {
    const { last } = this;
    if (generation === last?.generation && by !== last.by) return false;
    this.last = { generation, by };
    return true;
  }
}
