namespace Slipway.Api;

/// <summary>What a frame of a warm command is: one byte of this, 4 bytes of length with the least first, and so many bytes.</summary>
public enum CommandChannel : byte
{
    /// <summary>Bytes for the client's stdout.</summary>
    Output = 1,

    /// <summary>Bytes for its stderr.</summary>
    Error = 2,

    /// <summary>The last frame: the exit code, 4 bytes with the least first.</summary>
    Exit = 3,

    /// <summary>The only frame: the server does not carry this out, and has done nothing; why, as text. The client does it itself.</summary>
    Declined = 4,
}
