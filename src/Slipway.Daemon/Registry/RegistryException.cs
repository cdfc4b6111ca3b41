using Slipway.Content;

namespace Slipway.Daemon.Registry;

/// <summary>A refusal in the words of the distribution specification ("Error codes").</summary>
internal sealed class RegistryException(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>What a registry says of a failure of a room.</summary>
    public static RegistryException Of(SlipwayException error)
    {
        string message = error.Hint is { } hint ? $"{error.Message}. {hint}" : error.Message;
        return error.Kind switch
        {
            ErrorKind.NotFound => new(404, "BLOB_UNKNOWN", message),
            ErrorKind.InvalidArgument => new(400, "MANIFEST_INVALID", message),
            ErrorKind.PermissionDenied => new(403, "DENIED", message),
            ErrorKind.FailedPrecondition or ErrorKind.Conflict or ErrorKind.AlreadyExists => new(409, "DENIED", message),
            ErrorKind.Unavailable or ErrorKind.Timeout => new(503, "UNAVAILABLE", message),
            ErrorKind.OutOfSpace => new(507, "UNAVAILABLE", message),
            _ => new(500, "UNKNOWN", message),
        };
    }

    public static RegistryException NoBlob(string digest) => new(404, "BLOB_UNKNOWN", $"the repository has no blob {digest}");

    public static RegistryException NoManifest(string reference) => new(404, "MANIFEST_UNKNOWN", $"the repository has no manifest {reference}");

    public static RegistryException BadDigest(string? said) => new(400, "DIGEST_INVALID", $"'{said}' is not a digest of the form sha256:<64 hex digits>");

    public static RegistryException Unsupported(string method) => new(405, "UNSUPPORTED", $"there is no {method} here");
}
