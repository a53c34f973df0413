// What somebody searched for last in this browser, the latest first.
import type { LocalStorage } from '../lib/local';

const MOST = 8;

export class Searches {
  constructor(
    private readonly local: LocalStorage,
    private readonly userId: number,
  ) {}

  get all(): string[] {
    try {
      const kept: unknown = JSON.parse(this.local.getItem(this.key) ?? '[]');
      if (!Array.isArray(kept)) return [];
      return kept.filter((query) => typeof query === 'string').slice(0, MOST);
    } catch {
      return [];
    }
  }

  remember(query: string): void {
    if (query === '') return;
    const others = this.all.filter((other) => other !== query);
    this.local.setItem(this.key, JSON.stringify([query, ...others].slice(0, MOST)));
  }

  forget(): void {
    this.local.removeItem(this.key);
  }

  private get key(): string {
    return `adda.searches.${this.userId}`;
  }
}
