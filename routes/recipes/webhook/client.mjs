// Sends one event to two APIs. Without Tandem: two token requests, two calls, their time-outs, retries and errors, and a
// Promise.all that drops one API's answer as soon as the other one fails. With it: one call.
import axios from 'axios';

const tandem = axios.create({
  baseURL: process.env.TANDEM_URL ?? 'http://127.0.0.1:8080',
  timeout: 15_000,
  // 502 and 504 have a body too: what each API said
  validateStatus: status => status < 500 || status === 502 || status === 504,
});

/** Resolves to Tandem's merged reply, whatever the APIs did; rejects when Tandem itself can't be reached or refuses. */
export async function send(event) {
  const { status, data } = await tandem.post('/webhook', event, {
    // sent again with the same key, the event is not delivered twice
    headers: { 'Idempotency-Key': event.id },
  });
  if (!data.replies) {
    throw new Error(`${status} ${data.title}: ${data.detail ?? ''}`);
  }
  return data;
}

const event = { id: process.argv[2] ?? 'evt-1', type: 'order.paid', order: 4711 };

await send(event).then(
  ({ outcome, replies }) => {
    console.log(`event ${event.id}: ${outcome}`);
    for (const [api, reply] of Object.entries(replies)) {
      console.log(`  ${api}: ${reply.outcome}`, reply.body ?? reply.problem?.title ?? '');
    }
    process.exitCode = outcome === 'complete' ? 0 : 1;
  },
  error => {
    console.error(`event ${event.id}: ${error.message}`);
    process.exitCode = 1;
  },
);
