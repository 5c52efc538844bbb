using System.IO.Pipelines;

namespace AiGateway.Pipeline;

/// <summary>The output of a call that goes on when its client has left: what is written then goes nowhere.</summary>
internal sealed class DetachableOutput(CallOutput output) : CallOutput
{
    public override bool HasStarted => output.HasStarted;

    public override void SetHeader(string name, string value) => output.SetHeader(name, value);

    public override PipeWriter Start(int status, string contentType, long? contentLength = null) => output.Start(status, contentType, contentLength);

    internal override ValueTask StartBodyAsync(CancellationToken cancellationToken) => output.StartBodyAsync(cancellationToken);

    internal override EventWriter OpenEvents() => new DetachableWriter(output.OpenEvents());

    private sealed class DetachableWriter(EventWriter writer) : EventWriter
    {
        private bool _isDetached;

        public override bool HasStarted => writer.HasStarted;

        public override bool TellsErrors => writer.TellsErrors;

        public override void Start() => writer.Start();

        public override ValueTask StartAsync(CancellationToken cancellationToken) => writer.StartAsync(cancellationToken);

        public override void WriteData(ReadOnlySpan<byte> json)
        {
            if (!_isDetached)
                writer.WriteData(json);
        }

        public override void WriteEvent(string type, ReadOnlySpan<byte> json)
        {
            if (!_isDetached)
                writer.WriteEvent(type, json);
        }

        public override void WriteDone()
        {
            if (!_isDetached)
                writer.WriteDone();
        }

        public override void WriteHeartbeat()
        {
            if (!_isDetached)
                writer.WriteHeartbeat();
        }

        public override async ValueTask FlushAsync(CancellationToken cancellationToken)
        {
            if (_isDetached)
                return;
            try
            {
                await writer.FlushAsync(cancellationToken);
            }
            catch (ClientLeftException)
            {
                _isDetached = true;
            }
        }
    }
}
