// Counts the checks and prints what failed.

export class Report {
  constructor() {
    this.passed = 0;
    this.failed = 0;
  }

  /** One check: passed when there is no problem; otherwise each problem is a failure of its own. */
  check(problems) {
    if (problems.length === 0) this.passed += 1;
    for (const problem of problems) {
      this.failed += 1;
      console.log(`FAILED  ${problem}`);
    }
  }

  /** Prints the sum and returns the exit code. */
  close() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed === 0 ? 0 : 1;
  }
}
