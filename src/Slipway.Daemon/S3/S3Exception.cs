using Slipway.Content;

namespace Slipway.Daemon.S3;

/// <summary>A refusal in S3's own words, where a room's error kind is not exact enough.</summary>
/// <param name="code">As in Amazon's list of error codes.</param>
internal sealed class S3Exception(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>What S3 says of a failure of a room.</summary>
    public static S3Exception Of(SlipwayException error)
    {
        string message = error.Hint is { } hint ? $"{error.Message}. {hint}" : error.Message;
        return error.Kind switch
        {
            ErrorKind.NotFound => new S3Exception(404, "NoSuchKey", message),
            ErrorKind.AlreadyExists => new S3Exception(409, "BucketAlreadyOwnedByYou", message),
            ErrorKind.InvalidArgument => new S3Exception(400, "InvalidArgument", message),
            ErrorKind.Conflict => new S3Exception(409, "OperationAborted", message),
            ErrorKind.FailedPrecondition => new S3Exception(409, "InvalidRequest", message),
            ErrorKind.PermissionDenied => new S3Exception(403, "AccessDenied", message),
            ErrorKind.Unavailable or ErrorKind.Timeout => new S3Exception(503, "ServiceUnavailable", message),
            ErrorKind.OutOfSpace => new S3Exception(507, "InsufficientStorage", message),
            _ => new S3Exception(500, "InternalError", message),
        };
    }
}
