// Who is signed in. The access token lives in memory alone; the refresh token is a cookie that no
// script can read. Tabs share the session: one renews at a time, and signing out in one ends all.
import { callAnonymously, callAs, isStale, type Tokens } from '../api/client';
import { Refused } from '../api/errors';
import type { Code, Me } from '../api/types';
import { local } from '../lib/local';
import { withLock } from '../lib/locks';
import { tabs } from '../lib/tabs';

/** Not a secret: whether somebody is signed in, so that asking for a session is worth a request, or was once. */
const WAS_HERE = 'adda.signed-in';
const IS_HERE = '1';
const LEFT = '0';
/** What the server answers when a session is over. */
const IS_OVER: readonly Code[] = ['invalid_refresh_token', 'account_disabled'];
/** A token is renewed so long before it ends. */
const EARLY_MS = 60_000;

/** An access token and when it ends, in milliseconds of {@link Session.now}. */
export interface Token {
  text: string;
  endsAt: number;
}

/** What the tabs tell each other. */
type News = { type: 'signed-out' } | { type: 'signed-in'; person: number };

/** What the server answers to a sign-in. */
interface SignedIn {
  user: Me;
  access_token: string;
  expires_in: number;
  refresh_token?: string | undefined;
}

export class Session implements Tokens {
  /** `undefined` until it is known, `null` when nobody is signed in. */
  me = $state.raw<Me | null | undefined>(undefined);
  /** Whether the session ended without being asked to: worth a word at the sign-in. */
  wasEnded = $state(false);
  /** The server's sentence when pages of this address may not use it. */
  isElsewhere = $state<string | null>(null);
  private accessToken: Token | null = null;
  private renewing: Promise<Token | null> | null = null;
  /** Counts the sign-ins and sign-outs, so that an answer to a question from before is known. */
  private turn = 0;
  private readonly tabs = tabs<News>('adda-session');
  /** Where the browser keeps no cookies, the session is this page's alone, and so is its token. */
  private refreshToken: string | null = null;

  constructor(
    readonly origin: string,
    /**
     * Not the time of day: a clock that somebody puts right makes no token older or younger. It may
     * stand still while a machine sleeps; the server then says that the token has ended.
     */
    readonly now: () => number = () => performance.now(),
    /** Whether the browser keeps the refresh token as a cookie. */
    readonly hasCookies = true,
  ) {
    this.tabs.onNews((news) => this.hear(news));
  }

  /** Whether anybody was ever signed in on this device, whoever it was. */
  get isKnown(): boolean {
    return local.getItem(WAS_HERE) !== null;
  }

  /** Finds out whether somebody is signed in. Throws when the server cannot be reached. */
  async resume(): Promise<void> {
    const wasHere = local.getItem(WAS_HERE) === IS_HERE;
    // Where nothing is written down for want of a place, the cookie may be there all the same.
    const mayBeHere = this.hasCookies && (wasHere || !local.keeps);
    if (!mayBeHere) {
      this.me = null;
      return;
    }
    await this.renew();
    if (!wasHere) this.wasEnded = false;
  }

  async register(body: {
    username: string;
    password: string;
    display_name?: string;
    setup_token?: string;
  }): Promise<void> {
    const answer = await callAnonymously(this.origin, 'post', '/auth/register', {
      body: { ...body, cookie: this.hasCookies },
    });
    this.begin(answer);
  }

  async login(username: string, password: string): Promise<void> {
    const answer = await callAnonymously(this.origin, 'post', '/auth/login', {
      body: { username, password, cookie: this.hasCookies },
    });
    this.begin(answer);
  }

  /** Ends the session, here and in the other tabs. */
  async logout(request: () => Promise<unknown>): Promise<void> {
    try {
      await request();
    } catch (error) {
      // A session that had ended already is as good as one that ends now.
      if (!(error instanceof Refused) || error.problem.status !== 401) throw error;
    }
    this.tell({ type: 'signed-out' });
    this.forget();
    this.wasEnded = false;
  }

  /** The session was ended elsewhere. */
  end(): void {
    this.wasEnded = true;
    this.forget();
  }

  private tell(news: News): void {
    this.tabs.say(news);
  }

  private hear(news: News): void {
    if (news.type === 'signed-out') {
      this.forget();
      // The socket may have said so before, without saying that it was the person's wish.
      this.wasEnded = false;
    } else if (this.hasCookies && this.me !== undefined && this.me?.id !== news.person) {
      // The cookie is another person's now. If it cannot be asked for, the next call will.
      this.turn += 1;
      this.renew().catch(() => {});
    }
  }

  private forget(): void {
    this.turn += 1;
    if (this.isKnown) local.setItem(WAS_HERE, LEFT);
    this.accessToken = null;
    this.refreshToken = null;
    this.me = null;
  }

  async current(): Promise<string | null> {
    return (await this.token())?.text ?? null;
  }

  /** A token that is good for a while; `null` when nobody is signed in. */
  async token(): Promise<Token | null> {
    if (this.accessToken && this.accessToken.endsAt - EARLY_MS > this.now())
      return this.accessToken;
    return this.me === null ? null : this.renew();
  }

  async renewed(refused: string): Promise<string | null> {
    return (await this.tokenAfter(refused))?.text ?? null;
  }

  /** The next token after `refused` was refused; `null` when the session is over. */
  async tokenAfter(refused: string): Promise<Token | null> {
    await this.renewing?.catch(() => {});
    return this.accessToken?.text === refused ? this.renew() : this.token();
  }

  /** Changes the password, which ends the session and begins another: nobody is signed out here. */
  async changePassword(current_password: string, new_password: string): Promise<void> {
    const body = { current_password, new_password, cookie: this.hasCookies };
    const token = await this.current();
    const change = async (token: string | null) => {
      this.begin(await callAs(this.origin, token, 'post', '/auth/password', { body }));
    };
    let failure: unknown = await this.inBetween(() => change(token));
    if (token !== null && failure instanceof Refused && isStale(failure)) {
      const next = await this.renewed(token);
      if (next !== null) failure = await this.inBetween(() => change(next));
    }
    if (failure !== null) throw failure;
  }

  /**
   * Does something while nobody renews: the cookie that they would send is about to end, and theirs
   * would overwrite the next one. Whoever wants a token meanwhile waits. Answers what went wrong.
   */
  private async inBetween(run: () => Promise<void>): Promise<unknown> {
    await this.renewing?.catch(() => {});
    let failure: unknown = null;
    await this.exchange(async () => {
      await run().catch((error: unknown) => (failure = error));
      return this.accessToken;
    });
    return failure;
  }

  private renew(): Promise<Token | null> {
    return this.renewing ?? this.exchange(() => this.refresh());
  }

  /** One request at a time in this tab, and by a lock in all tabs. */
  private exchange(run: () => Promise<Token | null>): Promise<Token | null> {
    const exchange = withLock('adda-refresh', run).finally(() => {
      if (this.renewing === exchange) this.renewing = null;
    });
    this.renewing = exchange;
    return exchange;
  }

  private async refresh(): Promise<Token | null> {
    const { turn, refreshToken } = this;
    try {
      const body = refreshToken === null ? {} : { refresh_token: refreshToken };
      const answer = await callAnonymously(this.origin, 'post', '/auth/refresh', { body });
      if (turn === this.turn) this.accept(answer);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // It is the page that is refused, not the session.
      if (error.code === 'origin_not_allowed') this.isElsewhere = error.problem.detail;
      // Only the server itself can say so: what a proxy or a portal on the way refuses is no sign-out.
      if (!IS_OVER.includes(error.code)) throw error;
      // Whoever signed out meanwhile knows.
      if (turn === this.turn) this.end();
    }
    return this.accessToken;
  }

  private begin(answer: SignedIn): void {
    this.turn += 1;
    this.accept(answer);
    this.tell({ type: 'signed-in', person: answer.user.id });
  }

  private accept(answer: SignedIn): void {
    local.setItem(WAS_HERE, IS_HERE);
    this.wasEnded = false;
    this.refreshToken = this.hasCookies ? null : (answer.refresh_token ?? null);
    this.accessToken = {
      text: answer.access_token,
      endsAt: this.now() + answer.expires_in * 1_000,
    };
    this.me = answer.user;
  }
}
