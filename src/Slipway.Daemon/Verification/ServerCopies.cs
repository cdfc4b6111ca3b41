using System.Net;
using System.Net.Http.Headers;
using Slipway.Api;
using Slipway.Content;

namespace Slipway.Daemon.Verification;

/// <summary>Another slipway server, asked over its API; a user's name and password in the address go along.</summary>
internal sealed class ServerCopies : IGoodCopies
{
    private readonly HttpClient _client = new();
    private readonly Uri _server;

    public ServerCopies(Uri server)
    {
        _server = new Uri(server.GetLeftPart(UriPartial.Authority).Replace(server.UserInfo + "@", "", StringComparison.Ordinal));
        if (server.UserInfo.Length > 0)
        {
            byte[] user = System.Text.Encoding.UTF8.GetBytes(Uri.UnescapeDataString(server.UserInfo));
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(user));
        }
    }

    public string Name => _server.ToString().TrimEnd('/');

    public async Task<Stream?> TryOpenAsync(Digest digest, CancellationToken cancellationToken)
    {
        try
        {
            HttpResponseMessage answer = await _client.GetAsync(
                new Uri(_server, Routes.WithQuery(Routes.StoredBlobs, ("digest", digest.ToString()))), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => await answer.Content.ReadAsStreamAsync(cancellationToken),
                HttpStatusCode.NotFound or HttpStatusCode.UnprocessableEntity or HttpStatusCode.InternalServerError => null,
                HttpStatusCode other => throw new SlipwayException(
                    ErrorKind.Unavailable, $"{Name} answered {(int)other} when it was asked for a blob", "Is it a slipway server, and does the address carry an access key?"),
            };
        }
        catch (HttpRequestException failure)
        {
            throw new SlipwayException(ErrorKind.Unavailable, $"{Name} cannot be asked for good copies: {failure.Message}", innerException: failure);
        }
    }

    public void Dispose() => _client.Dispose();
}
