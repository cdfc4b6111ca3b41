namespace Slipway.Api;

/// <summary>The kinds of failure: the camelCase names of the program's one error vocabulary, and the HTTP status each travels with.</summary>
public static class ProblemKinds
{
    public const string InvalidArgument = "invalidArgument";
    public const string NotFound = "notFound";
    public const string AlreadyExists = "alreadyExists";
    public const string Conflict = "conflict";
    public const string FailedPrecondition = "failedPrecondition";
    public const string PermissionDenied = "permissionDenied";
    public const string OutOfSpace = "outOfSpace";
    public const string Unavailable = "unavailable";
    public const string Corrupt = "corrupt";
    public const string Timeout = "timeout";
    public const string Internal = "internal";

    /// <summary>Made by the client alone: no server answers.</summary>
    public const string Unreachable = "unreachable";

    public static int StatusOf(string kind) => kind switch
    {
        InvalidArgument => 400,
        PermissionDenied => 403,
        NotFound => 404,
        AlreadyExists or Conflict => 409,
        FailedPrecondition => 412,
        OutOfSpace => 507,
        Unavailable => 503,
        Timeout => 504,
        _ => 500,
    };
}
