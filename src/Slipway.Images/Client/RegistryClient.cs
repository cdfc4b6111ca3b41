using System.Net;
using System.Net.Http.Headers;
using Slipway.Content;

namespace Slipway.Images.Client;

/// <summary>
/// The way to registries, and to what they send us on to. It follows redirects itself, so that what proves us goes to the server that it is for and to no other, and
/// comes again when a server that is busy says that it may.
/// </summary>
/// <param name="handler">Follows no redirect by itself. Disposed with this.</param>
public sealed class RegistryClient(HttpMessageHandler handler, TimeProvider time) : IDisposable
{
    private const int MostRedirects = 5;
    private const int MostWaits = 4;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly TlsProbe _probe = new(time);

    internal TimeProvider Time => time;

    /// <summary>The way there over the network.</summary>
    public static RegistryClient Open(TimeProvider time) => new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            SslOptions = new() { RemoteCertificateValidationCallback = TlsProbe.TrustsOurselves },
        },
        time);

    /// <summary>Where a registry answers: with TLS; of this machine, without where it has none.</summary>
    /// <param name="plainHttp">It is asked without TLS, wherever it is.</param>
    public async ValueTask<Uri> FindAsync(string domain, bool plainHttp, CancellationToken cancellationToken)
    {
        Uri address = RegistryEndpoint.Of(domain, plainHttp);
        bool isPlain = plainHttp || (RegistryEndpoint.IsHere(address.Host) && !await _probe.SpeaksTlsAsync(address, cancellationToken));
        return RegistryEndpoint.Of(domain, isPlain);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Sends a request, again where it is sent elsewhere or asked to come later: at most four times, and never after more than half a minute.</summary>
    /// <param name="make">Makes the request; called again for each try.</param>
    /// <param name="owner">The server that the proof is for.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Unavailable"/>: nobody answers; <see cref="ErrorKind.PermissionDenied"/>: it is sent on from TLS to a server without.</exception>
    internal async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, Uri owner, AuthenticationHeaderValue? proof, CancellationToken cancellationToken)
    {
        for (int waits = 0; ; waits++)
        {
            HttpResponseMessage answer = await FollowAsync(make, owner, proof, cancellationToken);
            if (waits == MostWaits || PauseOf(answer, waits) is not { } pause)
            {
                return answer;
            }

            answer.Dispose();
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <summary>Whether two addresses are of one server.</summary>
    internal static bool IsSameServer(Uri one, Uri other) => one.Scheme == other.Scheme && one.Authority.Equals(other.Authority, StringComparison.OrdinalIgnoreCase);

    private async Task<HttpResponseMessage> FollowAsync(Func<HttpRequestMessage> make, Uri owner, AuthenticationHeaderValue? proof, CancellationToken cancellationToken)
    {
        Uri? sentTo = null;
        for (int redirects = 0; ; redirects++)
        {
            using HttpRequestMessage request = make();
            request.RequestUri = sentTo ?? request.RequestUri!;
            request.Headers.Authorization = IsSameServer(request.RequestUri, owner) ? proof : null;
            HttpResponseMessage answer = await SendOnceAsync(request, cancellationToken);
            if (redirects == MostRedirects || NextOf(request, answer) is not { } next)
            {
                return answer;
            }

            answer.Dispose();
            sentTo = next.Scheme == "https" || request.RequestUri.Scheme == "http" ? next
                : throw new SlipwayException(ErrorKind.PermissionDenied, $"{request.RequestUri.Authority} sends us on to {next.Authority}, which has no TLS");
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException fault)
        {
            throw new SlipwayException(
                ErrorKind.Unavailable, $"{request.RequestUri!.Authority} does not answer: {fault.Message}", "A registry without TLS is asked with --plain-http.", fault);
        }
    }

    /// <summary>Where an answer sends the request: a read anywhere, what changes something only where it stays what it is (RFC 9110, section 15.4).</summary>
    private static Uri? NextOf(HttpRequestMessage request, HttpResponseMessage answer)
    {
        bool isRead = request.Method == HttpMethod.Get || request.Method == HttpMethod.Head;
        bool goesOn = answer.StatusCode is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
            || (isRead && answer.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther);
        return goesOn && answer.Headers.Location is { } location && Uri.TryCreate(request.RequestUri!, location, out Uri? next) && next.Scheme is "http" or "https" ? next : null;
    }

    /// <summary>How long a server wants us to wait; null: it does not say, or longer than somebody waits for an answer.</summary>
    private TimeSpan? PauseOf(HttpResponseMessage answer, int waits)
    {
        TimeSpan? asked = answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => null,
        };
        TimeSpan? pause = answer.StatusCode switch
        {
            HttpStatusCode.TooManyRequests => asked ?? FirstWait * (1 << waits),
            HttpStatusCode.ServiceUnavailable => asked,
            _ => null,
        };
        return pause > LongestWait ? null : pause < TimeSpan.Zero ? TimeSpan.Zero : pause;
    }
}
