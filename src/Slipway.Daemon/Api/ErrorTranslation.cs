using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Daemon.Api;

/// <summary>Where the one error vocabulary becomes HTTP: every exception of a room is a problem record with its status, once.</summary>
internal static class ErrorTranslation
{
    /// <summary>The outermost middleware.</summary>
    public static async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; nobody reads an answer.
        }
        catch (Exception error) when (!http.Response.HasStarted)
        {
            ProblemDetails problem = ToProblem(error);
            http.Response.Clear();
            http.Response.StatusCode = ProblemKinds.StatusOf(problem.Kind);
            http.Response.ContentType = ProblemDetails.MediaType;
            await http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(problem, ApiJson.Default.ProblemDetails), CancellationToken.None);
        }
        catch (Exception error) when (http.Response.ContentType == Answer.LinesType && error is not OperationCanceledException)
        {
            // A stream of records says in its last line why it ends early.
            await Answer.LineAsync(http, new StreamFailure(ToProblem(error)), ApiJson.Default.StreamFailure, flush: true);
        }
        catch (Exception error)
        {
            // The answer has begun: break it off, so that the client cannot take it for whole.
            ServerLog.Write($"{http.Request.Method} {http.Request.Path} broke off: {error}");
            http.Abort();
        }
    }

    /// <summary>What the wire says of a failure. What we did not foresee is also written to the daemon's log, with its stack.</summary>
    public static ProblemDetails ToProblem(Exception error)
    {
        switch (error)
        {
            case SlipwayException known:
                return new ProblemDetails(KindOf(known.Kind), known.Message, known.Hint);
            case BadHttpRequestException bad:
                return new ProblemDetails(ProblemKinds.InvalidArgument, bad.Message);
            case LinuxException { Errno: Errno.ENOSPC or Errno.EDQUOT } or IOException { HResult: Errno.ENOSPC or Errno.EDQUOT }:
                return new ProblemDetails(ProblemKinds.OutOfSpace, error.Message, "Free some space and try again; nothing was half-written.");
            default:
                ServerLog.Write($"internal error: {error}");
                return new ProblemDetails(
                    ProblemKinds.Internal, $"internal error: {error.Message}", "The daemon's log (daemon.log in SLIPWAY_HOME) has the details; please report it.");
        }
    }

    private static string KindOf(ErrorKind kind) => kind switch
    {
        ErrorKind.NotFound => ProblemKinds.NotFound,
        ErrorKind.AlreadyExists => ProblemKinds.AlreadyExists,
        ErrorKind.InvalidArgument => ProblemKinds.InvalidArgument,
        ErrorKind.Conflict => ProblemKinds.Conflict,
        ErrorKind.FailedPrecondition => ProblemKinds.FailedPrecondition,
        ErrorKind.Unavailable => ProblemKinds.Unavailable,
        ErrorKind.Corrupt => ProblemKinds.Corrupt,
        ErrorKind.OutOfSpace => ProblemKinds.OutOfSpace,
        ErrorKind.PermissionDenied => ProblemKinds.PermissionDenied,
        ErrorKind.Timeout => ProblemKinds.Timeout,
        _ => ProblemKinds.Internal,
    };
}
