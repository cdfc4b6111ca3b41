namespace Slipway.Api;

/// <summary>The server refused or failed; <see cref="Problem"/> says why.</summary>
public sealed class ApiException(ProblemDetails problem, Exception? inner = null) : Exception(problem.Message, inner)
{
    public ProblemDetails Problem { get; } = problem;

    public bool Is(string kind) => Problem.Kind == kind;
}
