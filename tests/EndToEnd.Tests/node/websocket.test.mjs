// The Responses API over a WebSocket, by OpenAI's own client of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { aborted, arrived, connect, kinds, received, responseTools, results, text } from './support.mjs';

const ends = ['response.completed', 'response.incomplete', 'response.failed'];

for (const kind of kinds) {
  test(`${kind}: turns, one after the other`, async (t) => {
    const socket = open(t);
    const first = await socket.turn({ model: `${kind}-text`, input: 'Hi' });
    const second = await socket.turn({ model: `${kind}-text`, input: 'Again', store: false });

    for (const events of [first, second]) {
      assert.equal(events.at(-1).type, 'response.completed');
      assert.equal(events.at(-1).response.output[0].content[0].text, text);
      assert.deepEqual(events.map((e) => e.sequence_number), events.map((_, index) => index));
      assert.equal(events.filter((e) => e.type === 'response.output_text.delta').map((e) => e.delta).join(''), text);
    }
  });

  test(`${kind}: turns that are sent ahead come in order`, async (t) => {
    const socket = open(t);
    const models = ['text', 'wordy', 'refusing'].map((scenario) => `${kind}-${scenario}`);
    for (const model of models) socket.send({ model, input: 'Hi' });

    const told = [];
    for (const _ of models) told.push((await socket.read()).at(-1).response.model);

    assert.deepEqual(told, models);
  });

  test(`${kind}: a tool loop of which nothing is stored`, async (t) => {
    const socket = open(t);
    const model = `${kind}-tools`;
    const called = (await socket.turn({ model, store: false, input: 'Weather and time?', tools: responseTools })).at(-1).response;
    const outputs = called.output.map(({ call_id, name, arguments: args }) => ({ type: 'function_call_output', call_id, output: `${name}(${args})` }));
    const told = await socket.turn({ model, store: false, tools: responseTools, previous_response_id: called.id, input: outputs });

    assert.equal(told.at(-1).response.output[0].content[0].text, results);
  });

  test(`${kind}: a stored response goes on over HTTP`, async (t) => {
    const { client } = connect();
    const socket = open(t);
    const first = (await socket.turn({ model: `${kind}-text`, input: 'Hi' })).at(-1).response;

    assert.equal((await client.responses.retrieve(first.id)).id, first.id);
    assert.equal((await client.responses.create({ model: `${kind}-text`, input: 'Again', previous_response_id: first.id })).status, 'completed');
  });

  test(`${kind}: a warm-up asks no model`, async (t) => {
    const socket = open(t);
    const warm = (await socket.turn({ model: `${kind}-text`, generate: false, store: false, input: 'Hi' })).at(-1).response;
    assert.deepEqual(warm.output, []);
    assert.equal((await received(socket.mark)).length, 0);

    const next = await socket.turn({ model: `${kind}-text`, store: false, previous_response_id: warm.id, input: 'Again' });
    assert.equal(next.at(-1).response.status, 'completed');
  });

  test(`${kind}: errors are told and leave the socket open`, async (t) => {
    const socket = open(t);
    const error = async (request) => {
      const event = (await socket.turn(request)).at(-1);
      return [event.type, event.status, event.error.code];
    };

    assert.deepEqual(await error({ model: `${kind}-busy`, input: 'Hi' }), ['error', 429, 'rate_limit_exceeded']);
    assert.deepEqual(await error({ model: `${kind}-text`, input: 'Hi', previous_response_id: 'resp_nowhere' }), ['error', 400, 'previous_response_not_found']);
    assert.deepEqual(await error({ model: `${kind}-text`, input: 'Hi', background: true }), ['error', 400, 'unsupported_parameter']);
    assert.equal((await socket.turn({ model: `${kind}-failing`, input: 'Hi' })).at(-1).type, 'response.failed');
    assert.equal((await socket.turn({ model: `${kind}-text`, input: 'Hi' })).at(-1).type, 'response.completed');
  });

  test(`${kind}: to close ends the call at the provider`, async (t) => {
    const socket = open(t);
    socket.send({ model: `${kind}-endless`, input: 'Hi' });
    await arrived(socket.mark);

    await socket.close();

    await aborted(socket.mark);
  });
}

/** A socket, for one test, whose turns are read to their ends, errors included. */
function open(t) {
  const { client, mark } = connect();
  const ws = new ResponsesWS(client, { headers: { 'X-Client-Request-Id': mark } });
  const messages = ws.stream();

  const close = async () => {
    ws.close();
    while (!(await messages.next()).done);
  };
  t.after(close);

  return {
    mark,
    send: (request) => ws.send({ type: 'response.create', ...request }),
    async read() {
      const events = [];
      while (true) {
        const { value, done } = await messages.next();
        assert.ok(!done && value.type !== 'close', `closed: ${value?.code} ${value?.reason}`);
        if (value.type === 'error') events.push(value.error.error ?? assert.fail(value.error));
        else if (value.type === 'message') events.push(value.message);
        if (events.length > 0 && [...ends, 'error'].includes(events.at(-1).type)) return events;
      }
    },
    turn(request) {
      this.send(request);
      return this.read();
    },
    close,
  };
}
