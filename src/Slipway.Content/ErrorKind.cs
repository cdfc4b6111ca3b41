namespace Slipway.Content;

/// <summary>The one error vocabulary of every room. A door translates it once: to an HTTP status, an exit code, an OCI error code.</summary>
public enum ErrorKind
{
    /// <summary>What was asked for does not exist.</summary>
    NotFound,

    /// <summary>It exists already and may not be made twice.</summary>
    AlreadyExists,

    /// <summary>The caller's input is wrong; the message names the field or the file and line.</summary>
    InvalidArgument,

    /// <summary>Somebody else changed it first, or two writers disagree; reading again and retrying may help.</summary>
    Conflict,

    /// <summary>The thing is in a state that does not allow the call (a container in use, an open commit).</summary>
    FailedPrecondition,

    /// <summary>A part that the call needs is missing or does not answer (no OCI runtime, no registry).</summary>
    Unavailable,

    /// <summary>Stored bytes do not match their digest.</summary>
    Corrupt,

    /// <summary>The disk is full or a quota is reached; nothing half-written remains.</summary>
    OutOfSpace,

    /// <summary>The caller, or this process, lacks a right.</summary>
    PermissionDenied,

    /// <summary>A limit of time ran out.</summary>
    Timeout,

    /// <summary>A broken invariant of ours.</summary>
    Internal,
}
