using BenchmarkDotNet.Running;

// Parts of the hot path by themselves: `dotnet run -c Release --project bench/Micro -- --filter '*'`.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
