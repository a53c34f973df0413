/** Whether the browser keeps a cookie of this page. `navigator.cookieEnabled` says so of some that do not. */
export function keepsCookies(page: { cookie: string } = document): boolean {
  try {
    page.cookie = `${TRIAL}; path=/; SameSite=Strict`;
    const isKept = page.cookie.split('; ').includes(TRIAL);
    page.cookie = `${TRIAL}; path=/; SameSite=Strict; max-age=0`;
    return isKept;
  } catch {
    return false;
  }
}

const TRIAL = 'adda.trial=1';
