namespace Slipway.Api;

/// <summary>
/// The first byte of every binary WebSocket message of run, attach and exec; the rest is its payload. Control, Exit and Started carry JSON. After Exit the
/// server closes the socket.
/// </summary>
public enum Channel : byte
{
    /// <summary>Client → server: bytes.</summary>
    Stdin = 0,

    /// <summary>Server → client: bytes (with a terminal: all output).</summary>
    Stdout = 1,

    /// <summary>Server → client: bytes.</summary>
    Stderr = 2,

    /// <summary>Client → server: <see cref="ControlMessage"/>.</summary>
    Control = 3,

    /// <summary>Server → client, once and last: <see cref="ExitReport"/>.</summary>
    Exit = 4,

    /// <summary>Server → client, once and first, in run and attach: <see cref="ContainerCreated"/>.</summary>
    Started = 5,
}
