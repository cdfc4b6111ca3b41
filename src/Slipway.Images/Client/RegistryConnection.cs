using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Slipway.Content;

namespace Slipway.Images.Client;

/// <summary>
/// One repository of a registry, asked over HTTP: answers its challenges with a password or a token, keeps what it gave, and asks for a new one when its time is over. What
/// proves us goes to the registry and to the server of tokens that it names, and never along with a redirect to another.
/// </summary>
/// <param name="findCredential">Who asks; null: nobody. Called whenever a proof is wanted.</param>
/// <param name="path">The repository's name at that registry; null: as its name here says.</param>
[SuppressMessage("Reliability", "CA1001", Justification = "A semaphore that nobody waits for by its handle holds nothing to give back.")]
public sealed class RegistryConnection(
    RegistryClient client,
    Uri registry,
    RepositoryName repository,
    Func<CancellationToken, ValueTask<RegistryCredential?>> findCredential,
    bool push,
    string? path = null)
{
    /// <summary>A header by which a registry of ours says in every answer what it is; its value is the version.</summary>
    public const string SlipwayHeader = "Slipway-Version";

    private const int MostScopes = 16;
    private const int LargestError = 64 << 10;
    private const int LargestDocument = 4 << 20;

    private readonly string _path = path ?? repository.Path;
    private readonly SemaphoreSlim _renewing = new(1, 1);
    private volatile Proof? _proof;

    /// <summary>Asks as somebody who is known already.</summary>
    public RegistryConnection(RegistryClient client, Uri registry, RepositoryName repository, RegistryCredential? credential, bool push, string? path = null)
        : this(client, registry, repository, _ => ValueTask.FromResult(credential), push, path)
    {
    }

    /// <summary>The repository's name, as it is known here.</summary>
    public RepositoryName Repository => repository;

    /// <summary>Whether an answer said that it is a registry of ours; false before the first.</summary>
    public bool IsSlipway { get; private set; }

    /// <summary>An address of the repository.</summary>
    public Uri At(string route) => new(registry, $"v2/{_path}/{route}");

    /// <summary>Where an answer says to go on.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Unavailable"/>: it does not say so.</exception>
    public static Uri LocationOf(HttpResponseMessage answer) => answer.Headers.Location is { } location
        ? new Uri(answer.RequestMessage!.RequestUri!, location)
        : throw new SlipwayException(ErrorKind.Unavailable, $"{answer.RequestMessage!.RequestUri!.Host} does not say where an upload goes on");

    /// <summary>Sends a request, again where it is challenged.</summary>
    /// <param name="make">Makes the request; called again for each try.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Unavailable"/>: the registry does not answer; <see cref="ErrorKind.PermissionDenied"/>: no proof is accepted.</exception>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        Proof? used = _proof;
        if (used is not null && used.Until < client.Time.GetUtcNow())
        {
            used = await ProveAsync(used.Challenge, used, cancellationToken);
        }

        HttpResponseMessage answer = await client.SendAsync(make, registry, used?.Header, cancellationToken);
        IsSlipway = IsSlipway || answer.Headers.Contains(SlipwayHeader);
        if (ChallengeOf(answer) is not { } challenge)
        {
            return IsRefusal(answer) ? throw await RefusedAsync(answer, null, cancellationToken) : answer;
        }

        answer.Dispose();
        Proof proof = await ProveAsync(challenge, used, cancellationToken);
        HttpResponseMessage again = await client.SendAsync(make, registry, proof.Header, cancellationToken);
        return IsRefusal(again) ? throw await RefusedAsync(again, proof, cancellationToken) : again;
    }

    /// <summary>The bytes of a manifest or a list, at most 4 MiB.</summary>
    /// <param name="what">As a message names it.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: it is larger; <see cref="ErrorKind.Unavailable"/>: the connection broke.</exception>
    public async Task<byte[]> ReadAsync(HttpResponseMessage answer, string what, CancellationToken cancellationToken)
    {
        try
        {
            await using Stream body = await answer.Content.ReadAsStreamAsync(cancellationToken);
            using MemoryStream whole = new();
            byte[] piece = new byte[16 << 10];
            for (int count; (count = await body.ReadAsync(piece, cancellationToken)) > 0;)
            {
                whole.Write(piece, 0, count);
                if (whole.Length > LargestDocument)
                {
                    throw new SlipwayException(ErrorKind.InvalidArgument, $"{what} is larger than 4 MiB");
                }
            }

            return whole.ToArray();
        }
        catch (IOException fault)
        {
            throw new SlipwayException(ErrorKind.Unavailable, $"{registry.Authority} broke off in the middle of {what}: {fault.Message}", innerException: fault);
        }
    }

    /// <summary>What went wrong, in the registry's words where it has some.</summary>
    public async Task<SlipwayException> FailureAsync(HttpResponseMessage answer, string what, CancellationToken cancellationToken)
    {
        ErrorKind kind = answer.StatusCode switch
        {
            HttpStatusCode.NotFound => ErrorKind.NotFound,
            HttpStatusCode.Forbidden => ErrorKind.PermissionDenied,
            HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed => ErrorKind.FailedPrecondition,
            _ => ErrorKind.Unavailable,
        };
        string who = answer.RequestMessage?.RequestUri?.Authority ?? registry.Authority;
        string? hint = kind == ErrorKind.PermissionDenied ? LoginHint()
            : answer.Headers.RetryAfter?.Delta is { } wait ? $"It asks us to come again in {wait.TotalSeconds:0} seconds."
            : null;
        return new SlipwayException(kind, $"{who} answered {(int)answer.StatusCode} to {what}{await WordsAsync(answer, cancellationToken)}", hint);
    }

    /// <summary>The registry's words for what went wrong, behind a colon; empty where it has none.</summary>
    private static async Task<string> WordsAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            await using Stream body = await answer.Content.ReadAsStreamAsync(cancellationToken);
            byte[] buffer = new byte[LargestError];
            int length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            using JsonDocument json = JsonDocument.Parse(buffer.AsMemory(0, length));
            return json.RootElement.Find("errors")?.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } error
                ? $": {error.FindString("code")} {error.FindString("message")}"
                : "";
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or SlipwayException or IOException)
        {
            return "";
        }
    }

    /// <summary>Whether the registry itself refuses us. Another server that it sent us on to knows nothing of our proof, and gets none.</summary>
    private bool IsRefusal(HttpResponseMessage answer) =>
        answer.StatusCode == HttpStatusCode.Unauthorized && (answer.RequestMessage?.RequestUri is not { } asked || RegistryClient.IsSameServer(asked, registry));

    private AuthenticationChallenge? ChallengeOf(HttpResponseMessage answer)
    {
        AuthenticationChallenge? challenge = AuthenticationChallenge.Find(answer.Headers.WwwAuthenticate);
        bool isOfScope = answer.StatusCode == HttpStatusCode.Forbidden && challenge is { Realm: not null, IsOfScope: true };
        return IsRefusal(answer) || isOfScope ? challenge : null;
    }

    /// <summary>Gets a proof that answers a challenge: the one that another request got meanwhile, or a new one.</summary>
    private async Task<Proof> ProveAsync(AuthenticationChallenge challenge, Proof? used, CancellationToken cancellationToken)
    {
        await _renewing.WaitAsync(cancellationToken);
        try
        {
            if (_proof is { } other && other != used && challenge.Scopes.All(other.Scopes.Contains))
            {
                return other;
            }

            RegistryCredential? credential = await findCredential(cancellationToken);
            return _proof = challenge.Realm is null
                ? new Proof(credential is { IsIdentityToken: false } ? TokenServer.Basic(credential) : throw Refused(credential, ""), challenge, [], DateTimeOffset.MaxValue, credential)
                : await AskAsync(challenge, credential, cancellationToken);
        }
        finally
        {
            _renewing.Release();
        }
    }

    private async Task<Proof> AskAsync(AuthenticationChallenge challenge, RegistryCredential? credential, CancellationToken cancellationToken)
    {
        // What was asked for before is asked for again, so that requests which need different things do not take turns in asking for tokens.
        IEnumerable<string> own = [$"repository:{_path}:{(push ? "pull,push" : "pull")}", .. challenge.Scopes];
        string[] scopes = [.. own.Concat(_proof?.Scopes ?? []).Distinct(StringComparer.Ordinal).Take(MostScopes)];
        DateTimeOffset asked = client.Time.GetUtcNow();
        BearerToken token = await TokenServer.AskAsync(client, registry, challenge, credential, scopes, cancellationToken) ?? throw Refused(credential, "");
        return new Proof(new("Bearer", token.Text), challenge, scopes, asked + token.Lifetime, credential);
    }

    private async Task<SlipwayException> RefusedAsync(HttpResponseMessage answer, Proof? proof, CancellationToken cancellationToken)
    {
        using (answer)
        {
            return Refused(proof is null ? await findCredential(cancellationToken) : proof.Credential, await WordsAsync(answer, cancellationToken));
        }
    }

    private SlipwayException Refused(RegistryCredential? credential, string words) => new(
        ErrorKind.PermissionDenied,
        credential is null ? $"{registry.Authority} asks who we are for {_path}{words}" : $"{registry.Authority} does not accept {credential} for {_path}{words}",
        LoginHint());

    private string LoginHint() => $"Log in: slipway login {(repository.Domain == ImageReference.DefaultDomain ? "" : repository.Domain)}".TrimEnd();

    /// <summary>What the registry took, or may take.</summary>
    /// <param name="Challenge">That it answers.</param>
    /// <param name="Scopes">That the token was asked for.</param>
    private sealed record Proof(
        AuthenticationHeaderValue Header, AuthenticationChallenge Challenge, IReadOnlyList<string> Scopes, DateTimeOffset Until, RegistryCredential? Credential);
}
