using System.Text.Json;

namespace Slipway.Api;

/// <summary>One message of a <see cref="ContainerSession"/>.</summary>
public readonly record struct SessionFrame(Channel Channel, ReadOnlyMemory<byte> Payload)
{
    public ExitReport ReadExit() => JsonSerializer.Deserialize(Payload.Span, ApiJson.Default.ExitReport)!;

    public ContainerCreated ReadStarted() => JsonSerializer.Deserialize(Payload.Span, ApiJson.Default.ContainerCreated)!;
}
