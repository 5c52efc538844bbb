return await AiGateway.Upstream.UpstreamProcess.RunAsync(args);
