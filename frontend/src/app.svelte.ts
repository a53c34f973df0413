// The only wiring file: builds every part and hands it to the others.
import { Api } from './api/client';
import { giveUpUpload, sendMedia } from './api/media';
import { rightAddress, socketAddress, type Site } from './api/site';
import type { Me } from './api/types';
import type { App as Parts, Chat } from './features/context';
import { keepsCookies } from './lib/cookies';
import { dataUrl } from './lib/dataUrl';
import { local } from './lib/local';
import { heldLocks, holdLock, lockReleased } from './lib/locks';
import { tabs } from './lib/tabs';
import { uuid } from './lib/uuid';
import { Database } from './offline/db';
import { clearLocal } from './offline/forget';
import { Outbox } from './offline/outbox';
import { OutgoingStore } from './offline/outgoingStore';
import { Recordings } from './offline/recordings';
import { RealtimeClient } from './realtime/client';
import { Connection, type SocketLike } from './realtime/connection';
import { Router } from './router.svelte';
import { Account } from './store/account.svelte';
import { Addresses } from './store/addresses';
import { silenceLost } from './store/audible';
import { applyOutgoing } from './store/apply';
import { ChatStore } from './store/chat.svelte';
import { Player } from './store/player.svelte';
import { PeopleDirectory } from './store/directory';
import { Drafts } from './store/drafts.svelte';
import { History } from './store/history';
import { Membership } from './store/membership';
import { Picks } from './store/picked.svelte';
import { Previews } from './store/previews';
import { Preferences } from './store/preferences.svelte';
import { Retry } from './store/retry.svelte';
import { Session } from './store/session.svelte';
import { Space } from './store/space';
import { Unheard } from './store/unheard';

/** Close codes of a socket whose session is over: refused, revoked, or the account disabled. */
const SESSION_OVER: ReadonlySet<number> = new Set([4_500, 4_505, 4_506]);

/** A chat, and how it ends. */
interface OwnChat extends Chat {
  close(): void;
}

/** What lives as long as the page. */
export class App implements Parts {
  readonly session: Session;
  readonly api: Api;
  readonly router = new Router();
  readonly preferences = new Preferences();
  readonly retry = new Retry();
  private readonly sounds = tabs<null>('adda-sound');
  chat = $state.raw<OwnChat | null>(null);
  /** The right address, when this is not the server's. */
  readonly rightAddress: string | null;

  constructor(readonly site: Site) {
    this.rightAddress = rightAddress(site, location);
    this.session = new Session(site.api, undefined, keepsCookies());
    this.api = new Api(site.api, this.session, () => this.retry.failed());
    addEventListener('online', () => this.retry.now());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.retry.now();
    });
  }

  /** Begins to chat as the person who signed in; the browser forgets what others wrote in it. */
  async enter(me: Me): Promise<void> {
    clearLocal(local, me.id);
    const [db, tab] = await Promise.all([Database.open(), holdTab()]);
    const store = new ChatStore();
    const outbox: Outbox = new Outbox(new OutgoingStore(db, local, me.id), me.id, tab, {
      send: (frame) => connection.send(frame),
      upload: (load, course) => sendMedia(this.api, load, course),
      giveUp: (upload) => void giveUpUpload(this.api, upload),
      encode: dataUrl,
      livingTabs,
      gone: (tab) => lockReleased(TAB + tab),
      after,
      now: () => Date.now(),
      uuid,
      stored: ({ clientId, room, content }) => {
        if (content.kind === 'voice') void recordings.forget(clientId, room);
      },
      changed: (entries) => store.update(applyOutgoing, entries),
    });
    const recordings = new Recordings(db, me.id, (id) => outbox.knows(id));
    const page = { beforePaint, after, now: () => Date.now() };
    const realtime: RealtimeClient = new RealtimeClient(
      store,
      this.api,
      page,
      () => connection,
      () => outbox,
    );
    const address = socketAddress(this.site, location);
    const connection: Connection = new Connection(
      {
        open: () => new WebSocket(address) as SocketLike,
        token: () => this.session.token(),
        tokenAfter: (refused) => this.session.tokenAfter(refused),
        cursors: () => realtime.cursors(),
        now: () => Date.now(),
        ticks: this.session.now,
        after,
        random: Math.random,
      },
      {
        onState: (state) => {
          realtime.onState(state);
          const isOver = state.phase === 'stopped' && SESSION_OVER.has(state.code ?? 0);
          if (isOver && this.session.me) this.session.end();
        },
        onFrame: (frame) => realtime.onFrame(frame),
        onReady: (frame) => {
          realtime.onReady(frame);
          this.retry.now();
        },
      },
    );
    const stopTrying = this.retry.listen(() => realtime.loadAgain());
    const doubt = () => connection.doubt();
    const wake = () => {
      if (document.visibilityState !== 'visible' || !navigator.onLine) return;
      connection.wake();
      // Another tab may be gone meanwhile.
      void outbox.adopt();
    };
    addEventListener('online', wake);
    addEventListener('offline', doubt);
    document.addEventListener('visibilitychange', wake);
    const forgetOthers = () => void db.clear(me.id).catch(() => {});
    let storage = $state.raw(db.state);
    db.onState = (state) => {
      storage = state;
      if (state !== 'open') return;
      // It is there after all, with what other pages left in it.
      forgetOthers();
      void outbox.adopt();
    };
    forgetOthers();
    // What another page left, and cannot be taken over, waits there for the next one.
    await outbox.adopt().catch(() => {});
    const addresses = new Addresses(this.api, () => Date.now());
    const space = new Space(this.api, store);
    const unheard = new Unheard(store, this.api, local, me.id);
    const player = new Player(addresses, new Audio(), unheard, this.sounds);
    const stopSilencing = silenceLost(store, player);
    const chat: OwnChat = {
      me,
      get storage() {
        return storage;
      },
      store,
      realtime,
      history: new History(store, this.api),
      account: new Account(store, this.api, me),
      addresses,
      previews: new Previews(URL),
      picks: new Picks(() => space.soon()),
      space,
      membership: new Membership(store, this.api),
      people: new PeopleDirectory(store, this.api),
      player,
      outbox,
      recordings,
      drafts: new Drafts(db, me.id, local),
      db,
      close() {
        stopSilencing();
        player.close();
        this.previews.close();
        this.picks.close();
        removeEventListener('online', wake);
        removeEventListener('offline', doubt);
        stopTrying();
        document.removeEventListener('visibilitychange', wake);
        connection.stop();
        realtime.close();
        outbox.close();
        db.close();
      },
    };
    // Somebody may have signed out, or in again, meanwhile.
    if (this.session.me?.id !== me.id || this.chat) {
      chat.close();
      return;
    }
    connection.start();
    this.chat = chat;
  }

  /** Forgets what this browser keeps of everybody, where nobody is signed in. */
  async forgetEverybody(): Promise<void> {
    clearLocal(local, null);
    const db = await Database.open();
    await db.clear(null).finally(() => db.close());
  }

  /** Ends it, once nobody is signed in any more. */
  leave(): void {
    this.chat?.close();
    this.chat = null;
  }
}

function after(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

/** A hidden tab paints nothing, also one that is hidden just now, but its state goes on. */
function beforePaint(run: () => void): void {
  const once = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    run();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, 250);
}

const TAB = 'adda-tab-';
let ownTab: Promise<string> | null = null;

/** This tab's name, held for as long as the tab lives. */
function holdTab(): Promise<string> {
  const name = uuid();
  ownTab ??= holdLock(TAB + name).then(() => name);
  return ownTab;
}

async function livingTabs(): Promise<ReadonlySet<string>> {
  const names = (await heldLocks()).filter((name) => name.startsWith(TAB));
  return new Set(names.map((name) => name.slice(TAB.length)));
}
