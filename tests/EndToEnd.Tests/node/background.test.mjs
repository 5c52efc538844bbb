// Responses in the background: polled, followed, resumed, cancelled.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { aborted, arrived, collect, connect, go, kinds, received, text } from './support.mjs';

const isDelta = (event) => event.type === 'response.output_text.delta';
const said = (events) => events.filter(isDelta).map((event) => event.delta).join('');
const numbers = (events) => events.map((event) => event.sequence_number);

for (const kind of kinds) {
  test(`${kind}: polled to its end`, async () => {
    const { client, mark } = connect();
    const made = await client.responses.create({ model: `${kind}-held`, input: 'Hi', background: true, metadata: { purpose: 'test' } });
    assert.deepEqual([made.status, made.background, made.output, made.output_text], ['queued', true, [], '']);
    await arrived(mark);
    assert.equal((await client.responses.retrieve(made.id)).status, 'in_progress');

    await go(mark);
    const polled = await poll(client, made.id);

    assert.deepEqual([polled.id, polled.status, polled.output_text, polled.usage.total_tokens], [made.id, 'completed', text, 17]);
    assert.deepEqual([polled.model, polled.metadata, polled.created_at], [`${kind}-held`, { purpose: 'test' }, made.created_at]);
    assert.deepEqual(await client.responses.retrieve(made.id), polled);
    assert.equal((await received(mark)).length, 1);
  });

  test(`${kind}: a stream that was left is resumed, running and after`, async () => {
    const { client, mark } = connect();
    const first = [];
    for await (const event of await client.responses.create({ model: `${kind}-held`, input: 'Hi', background: true, stream: true })) {
      first.push(event);
      if (isDelta(event)) break; // The client closes its connection here.
    }
    const { id } = first[0].response;
    assert.deepEqual(first.slice(0, 3).map((event) => [event.type, event.response.status]), [
      ['response.created', 'queued'],
      ['response.queued', 'queued'],
      ['response.in_progress', 'in_progress'],
    ]);

    const resumed = await client.responses.retrieve(id, { stream: true, starting_after: first.at(-1).sequence_number });
    const reading = collect(resumed);
    await go(mark);
    const rest = await reading;

    const all = [...first, ...rest];
    assert.deepEqual(numbers(all), all.map((_, index) => index));
    assert.equal(said(all), text);
    assert.ok(said(rest).length < text.length);
    assert.deepEqual([all.at(-1).type, all.at(-1).response.output[0].content[0].text], ['response.completed', text]);
    assert.deepEqual(await collect(await client.responses.retrieve(id, { stream: true })), all);
    assert.deepEqual(await collect(await client.responses.retrieve(id, { stream: true, starting_after: 4 })), all.slice(5));
    assert.deepEqual(await collect(await client.responses.retrieve(id, { stream: true, starting_after: all.length - 1 })), []);
    assert.equal((await received(mark)).length, 1);
  });

  test(`${kind}: the stream helper resumes and accumulates the whole`, async () => {
    const { client, mark } = connect();
    const created = client.responses.stream({ model: `${kind}-held`, input: 'Hi', background: true });
    const seen = [];
    for await (const event of created) {
      seen.push(event);
      if (isDelta(event)) break; // The client closes its connection here.
    }
    const { id } = seen[0].response;
    const last = seen.at(-1);

    const snapshots = [];
    const resumed = client.responses
      .stream({ response_id: id, starting_after: last.sequence_number })
      .on('response.output_text.delta', (event) => snapshots.push(event.snapshot));
    const events = collect(resumed);
    await go(mark);
    const final = await resumed.finalResponse();

    assert.deepEqual(numbers(await events), (await events).map((_, index) => last.sequence_number + 1 + index));
    assert.deepEqual(snapshots, ['Hello from', 'Hello from the', text]);
    assert.deepEqual([final.id, final.status, final.output_text], [id, 'completed', text]);
  });

  test(`${kind}: a cancel ends it everywhere`, async () => {
    const { client, mark } = connect();
    const stream = await client.responses.create({ model: `${kind}-endless`, input: 'Hi', background: true, stream: true });
    const events = [];
    let cancelled;
    for await (const event of stream) {
      events.push(event);
      if (isDelta(event) && !cancelled) cancelled = await client.responses.cancel(events[0].response.id);
    }

    assert.deepEqual([cancelled.id, cancelled.status, cancelled.output, cancelled.usage], [events[0].response.id, 'cancelled', [], null]);
    await aborted(mark);
    assert.deepEqual([events.at(-1).type, events.at(-1).response.status], ['response.failed', 'cancelled']);
    assert.deepEqual(numbers(events), events.map((_, index) => index));
    assert.deepEqual(await client.responses.retrieve(cancelled.id), { ...cancelled, output_text: '' });
    assert.deepEqual(await client.responses.cancel(cancelled.id), cancelled);
  });

  test(`${kind}: what cannot be cancelled or resumed says why`, async () => {
    const { client } = connect();
    const plain = await client.responses.create({ model: `${kind}-text`, input: 'Hi' });
    const unstreamed = await client.responses.create({ model: `${kind}-text`, input: 'Hi', background: true });
    await poll(client, unstreamed.id);

    await assert.rejects(client.responses.cancel(plain.id), (e) => e.status === 400 && /synchronous/.test(e.message));
    await assert.rejects(client.responses.retrieve(plain.id, { stream: true }), (e) => e.status === 400 && e.param === 'stream' && /background=true/.test(e.message));
    await assert.rejects(client.responses.retrieve(unstreamed.id, { stream: true }), (e) => e.status === 400 && e.param === 'stream' && /stream=true/.test(e.message));
    await assert.rejects(client.responses.cancel('resp_none'), (e) => e.status === 404);
    assert.equal((await client.responses.cancel(unstreamed.id)).status, 'completed');
  });
}

async function poll(client, id) {
  const late = Date.now() + 30_000;
  for (;;) {
    const response = await client.responses.retrieve(id);
    if (!['queued', 'in_progress'].includes(response.status)) return response;
    assert.ok(Date.now() < late, `still ${response.status}`);
    await delay(10);
  }
}
