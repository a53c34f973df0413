// The pictures of the documentation: npm run screenshots.
import journeys from './playwright.config';

export default {
  ...journeys,
  testDir: 'tests/pictures',
  // Each one more would make a world of its own.
  workers: 1,
  retries: 0,
  projects: (journeys.projects ?? []).map(({ name, use }) => ({ name, use })),
};
