namespace AiGateway.Standalone;

/// <summary>What <c>--help</c> says of what else can be set.</summary>
internal static class HelpText
{
    public const string Text = """
        Environment, where no providers and models are configured:
          OPENAI_API_KEY    Serves every model of OpenAI, or of OPENAI_BASE_URL, besides the built-in model 'demo'.
          OPENAI_BASE_URL   The provider's address, such as http://localhost:11434/v1. Default: https://api.openai.com/v1
          LLM_MODEL         A model of that provider, listed at /v1/models.

        Settings come from, the later over the earlier: appsettings.json in the working directory, the --config file,
        environment variables with '__' between names. In any value ${NAME} stands for the environment variable NAME.
          Gateway__Providers__0__BaseUrl   Where the first provider is; likewise __Name, __ApiKey, __Apis__0 …
          Gateway__Models__0__Name         What clients ask for; likewise __Provider, __RewriteTo, __PreferredApi …
          Gateway__Storage__Path           Not used yet: this version keeps responses in memory only.
          Gateway__AllowAnonymous          'true' serves callers without a key on addresses other than loopback.
          Logging__LogLevel__AiGateway     Warning by default; Debug tells more of failed calls.
          ASPNETCORE_URLS                  As --urls, which wins.

        Example of a --config file:
          { "Gateway": {
              "Providers": [ { "Name": "openai", "BaseUrl": "https://api.openai.com/v1", "ApiKey": "${OPENAI_API_KEY}",
                               "Apis": ["chat", "responses", "embeddings", "images"] } ],
              "Models":    [ { "Name": "fast", "Provider": "openai", "RewriteTo": "gpt-4o-mini" },
                             { "Name": "*", "Provider": "openai" } ] } }

        Exit codes: 0 stopped, 1 could not start (port in use, say), 2 wrong options or settings.
        """;
}
