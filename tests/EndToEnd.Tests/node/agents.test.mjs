// OpenAI's Agents SDK: Responses by default, and chat where told so.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agent, OpenAIChatCompletionsModel, OpenAIResponsesModel, Runner, setTracingDisabled, tool } from '@openai/agents';
import { z } from 'zod';
import { connect, kinds } from './support.mjs';

setTracingDisabled(true);

const weather = tool({
  name: 'get_weather',
  description: 'The weather in a city.',
  parameters: z.object({ city: z.string() }),
  execute: ({ city }) => `21 degrees in ${city}`,
});

for (const kind of kinds) {
  for (const Model of [OpenAIResponsesModel, OpenAIChatCompletionsModel]) {
    test(`${kind} by ${Model.name}: an agent calls its tool and tells, streamed`, async () => {
      const { client } = connect();
      const agent = new Agent({ name: 'Reporter', instructions: 'Tell the weather.', model: new Model(client, `${kind}-tool`), tools: [weather] });
      const result = await new Runner().run(agent, 'Weather in Paris?', { stream: true });
      let told = '';
      for await (const piece of result.toTextStream()) told += piece;
      await result.completed;

      assert.equal(told, 'I hear: 21 degrees in Paris.');
      assert.equal(result.finalOutput, told);
      assert.ok(result.newItems.some((item) => item.type === 'tool_call_output_item'));
    });
  }

  test(`${kind}: an agent that is not streamed`, async () => {
    const { client } = connect();
    const agent = new Agent({ name: 'Reporter', model: new OpenAIResponsesModel(client, `${kind}-tool`), tools: [weather] });

    assert.equal((await new Runner().run(agent, 'Weather in Paris?')).finalOutput, 'I hear: 21 degrees in Paris.');
  });
}
