using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Slipway.Cli.Data.Sources;

/// <summary>
/// Reads addresses of the web for `put`. The client does so and not the server, which would else fetch for others what only it can reach.
/// A request is tried again after what may pass; redirects are followed, ten at most and never from https to http.
/// </summary>
/// <param name="sign">Adds to a request what proves who asks; null: nothing is added.</param>
internal sealed class WebClient(CommandContext context, Action<HttpRequestMessage>? sign = null) : IDisposable
{
    /// <summary>Tries in a row without a single byte of an answer.</summary>
    public const int Tries = 5;

    private const int Redirects = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(30),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>How an address is shown: without what may be secret in it.</summary>
    public static string Shown(Uri address) => $"{address.Scheme}://{address.Authority}{address.AbsolutePath}";

    /// <summary>Whether a failure may pass by itself.</summary>
    public static bool MayPass(Exception exception) => exception is HttpRequestException or IOException or TimeoutException;

    /// <summary>Sends a request until an answer begins; its body is still to be read.</summary>
    /// <param name="prepare">Adds headers, as those of a range.</param>
    /// <param name="allowed">Where a redirect may lead; null: anywhere.</param>
    /// <exception cref="CliException">The answer is no success, or there was none after all tries.</exception>
    public async Task<HttpResponseMessage> GetAsync(Uri address, Action<HttpRequestMessage>? prepare, Func<Uri, bool>? allowed, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            string reason;
            try
            {
                HttpResponseMessage response = await FollowAsync(address, prepare, allowed, cancellationToken).ConfigureAwait(false);
                if (response.IsSuccessStatusCode)
                {
                    return response;
                }

                using (response)
                {
                    reason = $"it answers {(int)response.StatusCode} {response.ReasonPhrase}";
                    if (response.StatusCode is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests) && (int)response.StatusCode < 500)
                    {
                        throw new CliException($"cannot read {Shown(address)}: {reason}");
                    }
                }
            }
            catch (Exception exception) when (MayPass(exception))
            {
                reason = exception.Message;
            }

            if (attempt == Tries)
            {
                throw new CliException($"cannot read {Shown(address)}: {reason} ({Tries} tries)", "nothing was put; try again when it answers");
            }

            await WaitAsync(attempt, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits before another try: not at all before the second, then half a second, one, two.</summary>
    public Task WaitAsync(int failed, CancellationToken cancellationToken) =>
        failed <= 1 ? Task.CompletedTask : Task.Delay(TimeSpan.FromMilliseconds(250 << (failed - 1)), context.Time, cancellationToken);

    /// <summary>Runs something that waits for the other side, a minute at most.</summary>
    public static async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await action(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"it said nothing for {Patience.TotalSeconds:0} seconds");
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> FollowAsync(Uri address, Action<HttpRequestMessage>? prepare, Func<Uri, bool>? allowed, CancellationToken cancellationToken)
    {
        Uri at = address;
        for (int redirects = 0; ; redirects++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, at);
            prepare?.Invoke(request);

            // What proves who asks goes to where the person said, never to where somebody sends us.
            if (at.Authority == address.Authority && at.Scheme == address.Scheme)
            {
                Authorize(request, address);
            }

            HttpResponseMessage response = await InTimeAsync(token => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), cancellationToken).ConfigureAwait(false);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
            {
                return response;
            }

            response.Dispose();
            at = Next(address, at, new Uri(at, location), redirects, allowed);
        }
    }

    private static Uri Next(Uri address, Uri at, Uri next, int redirects, Func<Uri, bool>? allowed)
    {
        string? fault = redirects >= Redirects ? $"it redirects more than {Redirects} times"
            : next.Scheme is not ("http" or "https") || (at.Scheme == "https" && next.Scheme == "http") ? $"it redirects from {at.Scheme} to {next.Scheme}"
            : allowed?.Invoke(next) == false ? $"it redirects out of what was asked for, to {Shown(next)}"
            : null;
        return fault is null ? next : throw new CliException($"cannot read {Shown(address)}: {fault}");
    }

    private void Authorize(HttpRequestMessage request, Uri address)
    {
        if (sign is not null)
        {
            sign(request);
        }
        else if (address.UserInfo.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(address.UserInfo))));
        }
    }
}
